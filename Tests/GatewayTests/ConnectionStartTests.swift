import Gateway
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import ServingModel
import Testing

/// How a connection without TLS finds out what its client speaks.
struct ConnectionStartTests {
    /// All that a client of HTTP/2 sends to have `/health` answered, in one piece.
    private func http2Request() throws -> ByteBuffer {
        let wire = Wire()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([wire, NIOHTTP2Handler(mode: .client)])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "test"), promise: nil)
        let head: HPACKHeaders = [":method": "GET", ":scheme": "http", ":path": "/health", ":authority": "test"]
        channel.writeAndFlush(
            HTTP2Frame(streamID: 1, payload: .headers(.init(headers: head, endStream: true))), promise: nil)
        return try #require(wire.take())
    }

    /// Whether the answer, in frames, is to one request that went well.
    private func isAnswer(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(#"{"status":"ok"}"#) && bytes[3] == 4
    }

    @Test func knowsHTTP2HoweverItIsCut() throws {
        let request = Array(try http2Request().readableBytesView)
        let fixture = GatewayFixture()
        for split in 0...request.count {
            let client = try fixture.connect()
            client.send(Array(request[..<split]))
            client.send(Array(request[split...]))
            #expect(isAnswer(client.collect()), "cut at \(split)")
            client.disconnect()
        }
        let client = try fixture.connect()
        for byte in request { client.send([byte]) }
        #expect(isAnswer(client.collect()))
    }

    @Test func takesEverythingElseForHTTP1() throws {
        let fixture = GatewayFixture()
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        for kept in 0..<preface.count {
            let client = try fixture.connect()
            client.send(Array(preface[..<kept]))
            #expect(client.received.isEmpty)
            client.send([0] + HTTPRequests.get("/health"))
            #expect(try client.answers().first?.status == 400, "after \(kept) bytes of the preface")
            client.disconnect()
        }
        let post = try fixture.connect()
        for byte in HTTPRequests.post("/tokenize", #"{"prompt":"a"}"#) { post.send([byte]) }
        #expect(try post.onlyAnswer().status == 200)
    }

    @Test func waitsForTheFirstBytesOnlySoLong() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send("PRI * HT")
        fixture.state.sweep(WallClock.now.advanced(bySeconds: 29))
        #expect(!client.isClosed && fixture.state.count == 1)
        fixture.state.sweep(WallClock.now.advanced(bySeconds: 31))
        fixture.loop.run()
        #expect(client.isClosed && client.received.isEmpty && fixture.state.count == 0)
    }

    @Test func countsAConnectionBeforeAndAfterItsFirstBytes() throws {
        let fixture = GatewayFixture { $0.connections = 2 }
        let silent = try fixture.connect()
        let speaking = try fixture.connect()
        speaking.send(HTTPRequests.get("/health"))
        #expect(fixture.state.count == 2)
        #expect(throws: GatewayError.self) { try fixture.connect() }
        silent.disconnect()
        fixture.loop.run()
        #expect(fixture.state.count == 1)
    }
}
