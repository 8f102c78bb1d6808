import Foundation
import Gateway
import NIOCore
import NIOSSL

/// The certificates of `Fixtures/certificates`, and clients that use them.
enum TLSFixture {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/certificates/\(name)").path
    }

    /// - Parameter checksClients: whether clients need a certificate of the authority.
    static func identity(checksClients: Bool = false) throws -> TLSIdentity {
        try TLSIdentity(
            certificate: path("server.pem"), key: path("server.key"),
            clientAuthority: checksClients ? path("authority.pem") : nil)
    }

    /// A client that knows the authority.
    ///
    /// - Parameter certificate: the name of its own certificate, if it shows one.
    static func client(
        protocols: [String] = [], certificate: String? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path("authority.pem"))
        configuration.applicationProtocols = protocols
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("\(certificate).pem")).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: path("\(certificate).key"), format: .pem))
        }
        change(&configuration)
        return try NIOSSLClientHandler(
            context: try NIOSSLContext(configuration: configuration), serverHostname: "localhost")
    }
}
