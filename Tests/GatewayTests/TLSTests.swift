import Gateway
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP2
import NIOSSL
import NIOTLS
import ServingModel
import ServingTesting
import Testing

struct TLSTests {
    private let hello = Script(tokens: [TinyVocabulary.tokens("Hi!")], end: .stop(TinyVocabulary.turnEnd))

    private func fixture(_ scripts: [Script] = [], checksClients: Bool = false) throws -> GatewayFixture {
        GatewayFixture(scripts, tls: try TLSFixture.identity(checksClients: checksClients))
    }

    /// What a client of HTTP/1.1 has of the answer to `/health`.
    private func answer(_ fixture: GatewayFixture, _ tls: NIOSSLClientHandler) throws -> String {
        let link = try Link(fixture, client: [tls])
        link.client.writeAndFlush(ByteBuffer(bytes: HTTPRequests.get("/health")), promise: nil)
        link.pump()
        var text = ""
        while let bytes = try? link.client.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    private func isServed(_ fixture: GatewayFixture, _ tls: NIOSSLClientHandler) throws -> Bool {
        try answer(fixture, tls).hasPrefix("HTTP/1.1 200 OK\r\n")
    }

    @Test(arguments: [[], ["http/1.1"], ["http/1.1", "h2"], ["h3"]])
    func speaksHTTP1ToThoseWhoDoNotAskForHTTP2(_ protocols: [String]) throws {
        // The server's order counts: who offers both gets HTTP/2.
        let isServed = try isServed(try fixture(), try TLSFixture.client(protocols: protocols))
        #expect(isServed != protocols.contains("h2"))
    }

    @Test func speaksHTTP2ToThoseWhoAskForIt() throws {
        let fixture = try fixture([hello])
        let client = try HTTP2TestClient(fixture, over: [try TLSFixture.client(protocols: ["h2", "http/1.1"])])
        let stream = client.chat(#","stream":true"#)
        fixture.settle()
        let answer = try #require(client.answer(stream))
        #expect(answer.status == 200 && answer.isWhole)
        #expect(try answer.events.last == "[DONE]")
    }

    @Test func streamsOverHTTP1() throws {
        let fixture = try fixture([hello])
        let link = try Link(fixture, client: [try TLSFixture.client()])
        link.client.writeAndFlush(ByteBuffer(bytes: HTTPRequests.chat(#","stream":true"#)), promise: nil)
        link.pump()
        fixture.settle()
        link.pump()
        var bytes: [UInt8] = []
        while let part = try? link.client.readInbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
        let answers = try HTTPAnswer.parse(bytes, heads: [], isEnded: false)
        #expect(try answers.first?.events.last == "[DONE]")
        link.client.close(promise: nil)
        link.pump()
        #expect(!link.server.isActive && fixture.state.count == 0)
    }

    @Test func refusesOldVersions() throws {
        for (version, isGood) in [(TLSVersion.tlsv11, false), (.tlsv12, true), (.tlsv13, true)] {
            let client = try TLSFixture.client {
                $0.minimumTLSVersion = .tlsv1
                $0.maximumTLSVersion = version
            }
            #expect(try isServed(try fixture(), client) == isGood)
        }
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func letsInOnlyClientsOfTheAuthority(_ version: TLSVersion) throws {
        for (certificate, isGood) in [("client", true), ("impostor", false), (nil, false)] {
            let fixture = try fixture(checksClients: true)
            let client = try TLSFixture.client(certificate: certificate) { $0.maximumTLSVersion = version }
            #expect(try isServed(fixture, client) == isGood)
            #expect(fixture.metric("drover_tls_handshakes_failed_total") == (isGood ? "0" : "1"))
            #expect(fixture.lines("A TLS handshake failed.").count == (isGood ? 0 : 1))
            #expect(fixture.state.count == (isGood ? 1 : 0))
        }
    }

    @Test func endsAHandshakeThatDoesNotCome() throws {
        let fixture = try fixture()
        let link = try Link(fixture, client: [])
        fixture.state.sweep(WallClock.now.advanced(bySeconds: 29))
        #expect(link.server.isActive)
        fixture.state.sweep(WallClock.now.advanced(bySeconds: 31))
        fixture.loop.advanceTime(by: .seconds(2))
        #expect(!link.server.isActive && fixture.state.count == 0)
    }

    @Test func closesWhatIsNotTLS() throws {
        let fixture = try fixture()
        let link = try Link(fixture, client: [])
        link.client.writeAndFlush(ByteBuffer(bytes: HTTPRequests.get("/health")), promise: nil)
        link.pump()
        #expect(!link.server.isActive && fixture.state.count == 0)
    }

    // MARK: Files

    private func problem(_ certificate: String, _ key: String, _ authority: String? = nil) -> TLSIdentity.Problem? {
        do throws(TLSIdentity.Problem) {
            _ = try TLSIdentity(
                certificate: TLSFixture.path(certificate), key: TLSFixture.path(key),
                clientAuthority: authority.map { TLSFixture.path($0) })
            return nil
        } catch {
            return error
        }
    }

    @Test func saysWhatIsWrongWithTheFiles() {
        let certificates = "a file with certificates in PEM"
        let key = "a file with a private key in PEM, not encrypted"
        let missing = " (No such file or directory)"
        #expect(problem("server.pem", "server.key", "authority.pem") == nil)
        #expect(problem("none.pem", "server.key") == .certificate(certificates + missing))
        #expect(problem("server.key", "server.key") == .certificate(certificates))
        #expect(problem("", "server.key") == .certificate(certificates))
        #expect(problem("server.pem", "none.key") == .key(key + missing))
        #expect(problem("server.pem", "server.pem") == .key(key))
        #expect(problem("server.pem", "encrypted.key") == .key(key))
        #expect(
            problem("server.pem", "client.key")
                == .key("the key of the certificate in '\(TLSFixture.path("server.pem"))'"))
        #expect(problem("server.pem", "server.key", "none.pem") == .clientAuthority(certificates + missing))
        #expect(problem("server.pem", "server.key", "client.key") == .clientAuthority(certificates))
    }
}
