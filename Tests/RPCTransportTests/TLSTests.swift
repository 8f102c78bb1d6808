import NIOCore
import NIOSSL
import RPCTransport
import Testing

/// TLS with certificates of both sides, checked by both.
struct TLSTests {
    private static let fixtures = FileLocation.folder(of: #filePath) + "/Fixtures"

    private static func configuration(server: Bool) throws -> TLSConfiguration {
        let name = server ? "server" : "client"
        let chain = try NIOSSLCertificate.fromPEMFile("\(fixtures)/\(name).pem").map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: "\(fixtures)/\(name).key", format: .pem))
        var configuration =
            server
            ? TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
            : TLSConfiguration.makeClientConfiguration()
        if !server {
            configuration.certificateChain = chain
            configuration.privateKey = key
        }
        configuration.trustRoots = .file("\(fixtures)/authority.pem")
        configuration.certificateVerification = server ? .noHostnameVerification : .fullVerification
        configuration.applicationProtocols = ["h2"]
        return configuration
    }

    private func withTLSServer(
        at address: RPCAddress = .tcp(host: "127.0.0.1", port: 0),
        _ body: (RPCServer, any EventLoop) async throws -> Void
    ) async throws {
        let context = try NIOSSLContext(configuration: Self.configuration(server: true))
        try await withServer(ScriptedService.echo, at: address, tls: context, body)
    }

    @Test(arguments: [nil, "engine.test"]) func securesBothSides(_ name: String?) async throws {
        try await withTLSServer { server, loop in
            let context = try NIOSSLContext(configuration: Self.configuration(server: false))
            let endpoint = RPCEndpoint(server.address, tls: context, serverName: name)
            let client = try await LoopClient.connect(endpoint, on: loop)
            let message = [UInt8](repeating: 3, count: 200_000)
            #expect(try await client.call("Method", message).messages == [message])
            try await client.close()
        }
    }

    /// Over a socket without an IP address, which the certificate holds too.
    @Test func refusesOtherNames() async throws {
        try await withTLSServer(at: .unixSocket(path: FileLocation.newSocket())) { server, loop in
            let context = try NIOSSLContext(configuration: Self.configuration(server: false))
            await expectFailure(RPCEndpoint(server.address, tls: context, serverName: "other.test"), on: loop)
            let endpoint = RPCEndpoint(server.address, tls: context, serverName: "engine.test")
            try await LoopClient.connect(endpoint, on: loop).close()
        }
    }

    @Test func refusesUnknownAuthorities() async throws {
        try await withTLSServer { server, loop in
            var configuration = try Self.configuration(server: false)
            configuration.trustRoots = .certificates([])
            let context = try NIOSSLContext(configuration: configuration)
            await expectFailure(RPCEndpoint(server.address, tls: context), on: loop)
        }
    }

    @Test func isRefusedWithoutACertificate() async throws {
        try await withTLSServer { server, loop in
            var configuration = try Self.configuration(server: false)
            configuration.certificateChain = []
            configuration.privateKey = nil
            let context = try NIOSSLContext(configuration: configuration)
            await expectFailure(RPCEndpoint(server.address, tls: context), on: loop)
        }
    }

    @Test func needsHTTP2ToBeAgreedOn() async throws {
        try await withTLSServer { server, loop in
            var configuration = try Self.configuration(server: false)
            configuration.applicationProtocols = []
            let context = try NIOSSLContext(configuration: configuration)
            let status = await expectFailure(RPCEndpoint(server.address, tls: context), on: loop)
            #expect(status?.message.contains("ALPN") == true)
        }
    }

    @Test func plaintextDoesNotReachATLSServer() async throws {
        try await withTLSServer { server, loop in
            await expectFailure(RPCEndpoint(server.address), on: loop)
        }
    }

    @discardableResult
    private func expectFailure(_ endpoint: RPCEndpoint, on loop: any EventLoop) async -> RPCStatus? {
        do {
            _ = try await LoopClient.connect(endpoint, on: loop)
            Issue.record("connected")
            return nil
        } catch {
            let status = error as? RPCStatus
            #expect(status?.code == .unavailable && status?.isUnprocessed == true, "\(error)")
            return status
        }
    }
}
