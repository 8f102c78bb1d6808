import Gateway
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import ServingModel
import ServingTesting
import Testing

/// Random damage to what a client of HTTP/2 sends: the gateway answers or closes, and leaves nothing running.
struct HTTP2FuzzTests {
    /// All that a client sends for a few requests of each kind, in one piece.
    private func session() throws -> [UInt8] {
        let wire = Wire()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([wire, NIOHTTP2Handler(mode: .client)])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "test"), promise: nil)
        let write = { (stream: Int, payload: HTTP2Frame.FramePayload) in
            channel.writeAndFlush(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload), promise: nil)
        }
        let bodies = [
            #"{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"stream":true,"n":2}"#,
            #"{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"max_tokens":3}"#, "{",
        ]
        for (index, body) in bodies.enumerated() {
            let stream = 2 * index + 1
            let head: HPACKHeaders = [
                ":method": "POST", ":scheme": "http", ":path": "/v1/chat/completions", ":authority": "test",
                "content-type": "application/json", "content-length": String(body.utf8.count),
            ]
            write(stream, .headers(.init(headers: head)))
            write(stream, .data(.init(data: .byteBuffer(ByteBuffer(string: body)), endStream: true)))
            write(stream, .windowUpdate(windowSizeIncrement: 1000))
        }
        write(7, .headers(.init(headers: [":method": "GET", ":scheme": "http", ":path": "/metrics"], endStream: true)))
        write(0, .ping(HTTP2PingData(withInteger: 1), ack: false))
        write(3, .rstStream(.cancel))
        write(0, .goAway(lastStreamID: 0, errorCode: .noError, opaqueData: nil))
        return Array(try #require(wire.take()).readableBytesView)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        // The preface stays, or it would not be HTTP/2.
        let at = Int.random(in: 24...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: if at < bytes.count { bytes[at] = .random(in: 0...255, using: &random) }
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        default: bytes.insert(contentsOf: (0..<9).map { _ in .random(in: 0...12, using: &random) }, at: at)
        }
    }

    @Test func answersOrClosesWhateverArrives() throws {
        let session = try session()
        for seed in UInt64(0)..<2000 {
            var random = SeededGenerator(seed: seed)
            let fixture = GatewayFixture(contextTokens: 64) { $0.bodyBytes = 4096 }
            let client = try fixture.connect()
            var bytes = session
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            while !bytes.isEmpty {
                let count = Int.random(in: 1...bytes.count, using: &random)
                client.send(Array(bytes.prefix(count)))
                bytes.removeFirst(count)
                if Bool.random(using: &random) { fixture.step() }
            }
            fixture.settle()
            // First the streams end, then what waits for more of them.
            for _ in 0..<4 {
                fixture.state.sweep(Moment(nanoseconds: .max))
                fixture.loop.run()
            }
            let running = fixture.metric("drover_requests_running")
            #expect(client.isClosed && fixture.state.count == 0 && running == "0", "seed \(seed)")
        }
    }
}
