import HTTPEngine
import NIOSSL
import Testing

struct TLSTests {
    private static func file(_ name: String) -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return "\(folder)/Fixtures/\(name)"
    }

    /// A server that wants certificates of the same authority as its own.
    private func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(Self.file("server.pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: Self.file("server.key"), format: .pem)))
        configuration.trustRoots = .file(Self.file("authority.pem"))
        configuration.certificateVerification = .noHostnameVerification
        return try NIOSSLContext(configuration: configuration)
    }

    private func answer(with tls: HTTPUpstreamTLS) async throws -> AnswerCollector.Answer {
        var answer = AnswerCollector.Answer()
        try await ScriptedServer.with(tls: context()) {
            $0.answer("{}")
        } _: { server in
            try await UpstreamFixture.with(port: server.port, scheme: "https", tls: tls) {
                answer = try await $0.answer()
            }
        }
        return answer
    }

    @Test func bothTrustEachOther() async throws {
        let tls = HTTPUpstreamTLS(
            authoritiesFile: Self.file("authority.pem"), certificateFile: Self.file("client.pem"),
            keyFile: Self.file("client.key"))
        let answer = try await answer(with: tls)
        #expect(answer.failure == nil && answer.text == "{}")
    }

    @Test func trustsNoStranger() async throws {
        let tls = HTTPUpstreamTLS(certificateFile: Self.file("client.pem"), keyFile: Self.file("client.key"))
        let failure = try await answer(with: tls).failure
        #expect(failure?.cause == .unreachable && failure?.mayHaveBeenProcessed == false)
    }

    @Test func isNotTrustedWithoutACertificate() async throws {
        let failure = try await answer(with: HTTPUpstreamTLS(authoritiesFile: Self.file("authority.pem"))).failure
        #expect(failure != nil && failure?.progress != .answering)
    }

    @Test(arguments: [
        HTTPUpstreamTLS(authoritiesFile: "nowhere.pem"), HTTPUpstreamTLS(certificateFile: "a.pem"),
        HTTPUpstreamTLS(keyFile: "a.pem"), HTTPUpstreamTLS(authoritiesFile: #filePath),
    ])
    func refusesFilesThatAreNone(tls: HTTPUpstreamTLS) async throws {
        await #expect(throws: HTTPUpstreamError.self) {
            try await UpstreamFixture.with(port: 1, scheme: "https", tls: tls) { _ in }
        }
    }
}
