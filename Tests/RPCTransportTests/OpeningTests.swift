import RPCTesting
import RPCTransport
import Testing

struct OpeningTests {
    @Test func beginsWithPrefaceAndSettings() throws {
        let server = try ScriptedServer(settings: nil)
        let frames = try server.sent()
        #expect(frames.map(\.type) == [Frame.settings, Frame.windowUpdate])
        let limits = RPCClientLimits()
        let settings = stride(from: 0, to: frames[0].payload.count, by: 6).map { offset in
            let pair = frames[0].payload[offset..<(offset + 6)]
            return [pair.prefix(2), pair.suffix(4)].map { $0.reduce(0) { $0 << 8 | Int($1) } }
        }
        #expect(settings == [[2, 0], [4, limits.streamWindowBytes], [6, 65_536]])
        #expect(frames[1].value == limits.connectionWindowBytes - 65_535)
        #expect(server.connection == nil, "the server has not spoken")
    }

    @Test func isOpenWithTheServersSettings() throws {
        let server = try ScriptedServer(settings: nil)
        _ = try server.sent()
        server.feed(Server.settings([(3, 100), (99, 7)]))
        #expect(server.connection.acceptsCalls)
        #expect(try server.sent() == [Frame(type: Frame.settings, flags: Frame.ack)])
        #expect(server.owner.events == [])
    }

    @Test(arguments: [
        Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), Server.ping(), Server.head(1),
        Frame(type: Frame.settings, flags: Frame.ack).bytes,
    ])
    func refusesWhatIsNotHTTP2(_ bytes: [UInt8]) throws {
        let server = try ScriptedServer(settings: nil)
        server.feed(bytes)
        let failure = try #require(server.failure)
        #expect(failure.code == .unavailable && failure.isUnprocessed && !failure.isFromServer)
        #expect(failure.message.contains("does not speak HTTP/2"))
        #expect(server.owner.events == [], "the owner has no connection that could be closed")
        #expect(!server.isActive)
    }

    @Test func givesUpOnASilentServer() throws {
        let server = try ScriptedServer(settings: nil)
        server.advance(seconds: 9.9)
        #expect(server.failure == nil)
        server.advance(seconds: 0.2)
        #expect(server.failure?.code == .unavailable)
        #expect(!server.isActive)
    }

    @Test func failsIfTheServerCloses() throws {
        let server = try ScriptedServer(settings: nil)
        server.hangUp()
        #expect(server.failure?.code == .unavailable)
        #expect(server.owner.events == [])
    }

    @Test func sendsHeadersAndMessage() throws {
        let server = try ScriptedServer()
        _ = server.begin([1, 2, 3])
        let frames = try server.sent()
        #expect(frames.map(\.type) == [Frame.headers, Frame.data])
        #expect(frames.map(\.stream) == [1, 1])
        #expect(frames.map(\.flags) == [Frame.endHeaders, Frame.endStream])
        #expect(
            try server.fields(frames[0]) == [
                ":method": "POST", ":scheme": "http", ":path": "/test.Service/Method", ":authority": "engine:50051",
                "te": "trailers", "content-type": "application/grpc", "user-agent": "drover",
            ])
        #expect(frames[1].payload == Server.message([1, 2, 3]))
        _ = server.begin()
        #expect(try server.sent().map(\.stream) == [3, 3])
    }

    @Test func tellsThatItHasNoDynamicTable() throws {
        let server = try ScriptedServer(settings: [(1, 0)])
        _ = server.begin()
        _ = server.begin()
        let blocks = try server.sent().filter { $0.type == Frame.headers }.map(\.payload)
        #expect(blocks[0] == [0x20] + blocks[1])
        server.feed(Server.settings([(1, 4096)]))
        _ = try server.sent()
        _ = server.begin()
        #expect(try server.sent()[0].payload == blocks[0])
    }
}
