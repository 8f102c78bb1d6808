import NIOCore
package import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a service proves who it is to its clients, and which of them it lets in.
package struct TLSIdentity: Sendable {
    /// What is wrong with a file.
    package enum Problem: Error, Equatable {
        case certificate(String)
        case key(String)
        case clientAuthority(String)
    }

    static let http2 = "h2"
    private static let http1 = "http/1.1"

    package let context: NIOSSLContext

    /// Reads and checks PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the service's certificate, and behind it those that lead to a root that clients know.
    ///   - key: the certificate's private key, not encrypted.
    ///   - clientAuthority: the roots of the clients' certificates; nil lets in everyone.
    package init(certificate: String, key: String, clientAuthority: String?) throws(Problem) {
        let chain = try Self.certificates(certificate) { .certificate($0) }
        let privateKey = try Self.key(key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = [Self.http2, Self.http1]
        // A client that has left does not say goodbye; nothing is lost without.
        configuration.shutdownTimeout = .seconds(1)
        if let clientAuthority {
            configuration.trustRoots = .certificates(
                try Self.certificates(clientAuthority) { .clientAuthority($0) })
            configuration.certificateVerification = .noHostnameVerification
            configuration.sendCANameList = true
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            // Each file has been read: it is the two together that don't fit.
            throw .key("the key of the certificate in '\(certificate)'")
        }
    }

    private static func certificates(
        _ path: String, _ problem: (String) -> Problem
    ) throws(Problem) -> [NIOSSLCertificate] {
        let wanted = "a file with certificates in PEM"
        guard access(path, R_OK) == 0 else { throw problem("\(wanted) (\(String(cString: strerror(errno))))") }
        let found = try? NIOSSLCertificate.fromPEMFile(path)
        guard let found, !found.isEmpty else { throw problem(wanted) }
        return found
    }

    private static func key(_ path: String) throws(Problem) -> NIOSSLPrivateKey {
        let wanted = "a file with a private key in PEM, not encrypted"
        guard access(path, R_OK) == 0 else { throw .key("\(wanted) (\(String(cString: strerror(errno))))") }
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem)
        } catch {
            throw .key(wanted)
        }
    }
}
