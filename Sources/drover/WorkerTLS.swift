import NIOSSL

/// How connections to workers are secured.
struct WorkerTLS {
    var authority: String?
    var certificate: String?
    var key: String?

    /// Throws if a file cannot be used, or a certificate comes without its key.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let authority { configuration.trustRoots = .file(authority) }
            switch (certificate, key) {
            case (nil, nil): break
            case (let certificate?, let key?):
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate)
                    .map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            default: throw CommandFailure("--worker-certificate and --worker-key are given together or not at all")
            }
            return try NIOSSLContext(configuration: configuration)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("the certificates for workers cannot be used: \(error)")
        }
    }
}
