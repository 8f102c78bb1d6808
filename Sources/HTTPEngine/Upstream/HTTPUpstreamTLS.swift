import NIOSSL

/// How a TLS server is trusted, and is made to trust us; all are paths of PEM files.
package struct HTTPUpstreamTLS: Sendable, Equatable {
    /// The certificates of the authorities that may have signed the server's; nil trusts the system's.
    package var authoritiesFile: String?
    /// Our own certificate, with those that lead to its authority behind it, for servers that want one.
    package var certificateFile: String?
    /// Our certificate's private key.
    package var keyFile: String?

    package init(authoritiesFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authoritiesFile = authoritiesFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// Reads the files.
    ///
    /// - Throws: `HTTPUpstreamError.tls`.
    func configuration() throws(HTTPUpstreamError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authoritiesFile {
            let authorities = try Self.certificates(in: authoritiesFile)
            configuration.trustRoots = .certificates(authorities)
        }
        switch (certificateFile, keyFile) {
        case (let certificateFile?, let keyFile?):
            configuration.certificateChain = try Self.certificates(in: certificateFile).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try Self.reading(keyFile) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        case (nil, nil): break
        case (let file?, nil), (nil, let file?):
            throw .tls(file: file, reason: "a certificate and its key are given together")
        }
        return configuration
    }

    private static func certificates(in file: String) throws(HTTPUpstreamError) -> [NIOSSLCertificate] {
        let certificates = try reading(file) { try NIOSSLCertificate.fromPEMFile($0) }
        guard !certificates.isEmpty else { throw .tls(file: file, reason: "it holds no certificate") }
        return certificates
    }

    private static func reading<Value>(
        _ file: String, _ read: (String) throws -> Value
    ) throws(HTTPUpstreamError) -> Value {
        do {
            return try read(file)
        } catch {
            throw .tls(file: file, reason: "it cannot be read as PEM (\(error))")
        }
    }
}
