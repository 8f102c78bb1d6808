import RPCTesting
import RPCTransport
import Testing

struct FlowControlTests {
    /// The bytes of DATA by stream, and whether the stream is ended.
    private func bodies(_ frames: [Frame]) -> [UInt32: [UInt8]] {
        frames.filter { $0.type == Frame.data }.reduce(into: [:]) { $0[$1.stream, default: []] += $1.payload }
    }

    // MARK: Sending

    @Test(arguments: [1, 3, 5, 6, 100]) func sendsNoMoreThanTheStreamsWindow(_ window: Int) throws {
        let server = try ScriptedServer(settings: [(4, window)])
        let message = (0..<50).map { UInt8($0) }
        _ = server.begin(message)
        let whole = Server.message(message)
        var sent: [UInt8] = []
        var isEnded = false
        for _ in 0..<60 where !isEnded {
            let frames = try server.sent().filter { $0.type == Frame.data }
            let bytes = frames.flatMap(\.payload)
            #expect(bytes.count == min(window, whole.count - sent.count))
            sent += bytes
            isEnded = frames.last?.flags == Frame.endStream
            server.feed(Server.windowUpdate(1, window))
        }
        #expect(sent == whole)
        #expect(isEnded)
    }

    @Test func sendsNoMoreThanTheConnectionsWindow() throws {
        let server = try ScriptedServer(settings: [(4, 1 << 20)])
        let calls = (0..<3).map { _ in server.begin(Array(repeating: 1, count: 40_000)) }
        #expect(bodies(try server.sent()).values.map(\.count).reduce(0, +) == 65_535)
        server.cancel(calls[0])
        #expect(bodies(try server.sent()).isEmpty, "there is no window for the others")
        server.feed(Server.windowUpdate(0, 1 << 20))
        let rest = try server.sent()
        #expect(rest.filter { $0.type == Frame.data && $0.flags == Frame.endStream }.map(\.stream).sorted() == [3, 5])
    }

    @Test func takesTurns() throws {
        let server = try ScriptedServer(settings: [(4, 1 << 20)])
        server.feed(Server.windowUpdate(0, 0x7fff_ffff - 65_535))
        server.setWritable(false)
        for _ in 0..<3 { _ = server.begin(Array(repeating: 1, count: 100_000)) }
        #expect(bodies(try server.sent()).isEmpty, "the socket takes nothing")
        server.setWritable(true)
        let streams = try server.sent().filter { $0.type == Frame.data }.map(\.stream)
        #expect(streams.prefix(6) == [1, 3, 5, 1, 3, 5])
        #expect(streams.count == 21)
    }

    @Test func keepsToTheServersFrameSize() throws {
        let server = try ScriptedServer(settings: [(4, 1 << 20)])
        server.feed(Server.windowUpdate(0, 1 << 20) + Server.settings([(5, 20_000)]))
        _ = server.begin(Array(repeating: 1, count: 50_000))
        #expect(try server.sent().filter { $0.type == Frame.data }.map(\.payload.count) == [20_000, 20_000, 10_005])
    }

    @Test func followsTheInitialWindowOfOpenStreams() throws {
        let server = try ScriptedServer(settings: [(4, 10)])
        _ = server.begin(Array(repeating: 1, count: 95))
        #expect(bodies(try server.sent())[1]?.count == 10)
        server.feed(Server.settings([(4, 30)]))
        #expect(bodies(try server.sent())[1]?.count == 20)
        server.feed(Server.settings([(4, 5)]))  // The window is 25 below zero now.
        server.feed(Server.windowUpdate(1, 25))
        #expect(bodies(try server.sent()).isEmpty)
        server.feed(Server.windowUpdate(1, 1))
        #expect(bodies(try server.sent())[1]?.count == 1)
        server.feed(Server.settings([(4, 1000)]))
        #expect(bodies(try server.sent())[1]?.count == 69)
    }

    @Test func sendsALargeMessageWhole() throws {
        let server = try ScriptedServer(settings: [(4, 0x7fff_ffff), (5, 1 << 20)])
        server.feed(Server.windowUpdate(0, 0x7fff_ffff - 65_535))
        let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        _ = server.begin(message)
        #expect(bodies(try server.sent())[1] == Server.message(message))
    }

    @Test func stopsSendingWhenTheAnswerIsComplete() throws {
        let server = try ScriptedServer(settings: [(4, 10)])
        let call = server.begin(Array(repeating: 1, count: 100))
        _ = try server.sent()
        server.feed(Server.headers(1, Server.goodHead + [("grpc-status", "8")], end: true))
        #expect(server.owner.status(of: call)?.code == .resourceExhausted)
        #expect(try server.sent() == [Frame(type: Frame.reset, stream: 1, payload: [0, 0, 0, 0])])
    }

    // MARK: Receiving

    private func limits(stream: Int, connection: Int = 65_535) -> RPCClientLimits {
        var limits = RPCClientLimits()
        limits.streamWindowBytes = stream
        limits.connectionWindowBytes = connection
        return limits
    }

    @Test func grantsHalfAWindowAtOnce() throws {
        let server = try ScriptedServer(limits: limits(stream: 1000))
        _ = server.begin()
        _ = try server.sent()
        server.feed(Server.head(1) + Server.data(1, Server.message(Array(repeating: 1, count: 400)), padding: 93))
        #expect(try server.sent().isEmpty)
        server.feed(Server.data(1, Server.message([])))
        #expect(try server.sent() == [Frame(type: Frame.windowUpdate, stream: 1, payload: Frame.number(504, bytes: 4))])
    }

    @Test func grantsTheConnectionOnceARead() throws {
        let server = try ScriptedServer(limits: limits(stream: 1 << 20))
        _ = server.begin()
        _ = try server.sent()
        let data = Server.data(1, Server.message(Array(repeating: 1, count: 9_995)))
        server.feed(Server.head(1) + data + data + data + data + data)
        #expect(try server.sent() == [Frame(type: Frame.windowUpdate, payload: Frame.number(50_000, bytes: 4))])
        // What comes for calls that have gone counts as well.
        server.feed(Server.trailers(1))
        server.feed(data + data + data + data)
        #expect(try server.sent() == [Frame(type: Frame.windowUpdate, payload: Frame.number(40_000, bytes: 4))])
    }

    @Test func grantsNothingWhilePaused() throws {
        let server = try ScriptedServer(limits: limits(stream: 1000))
        let call = server.begin()
        _ = try server.sent()
        server.connection.setPaused(call, true)
        server.feed(Server.head(1) + Server.data(1, Server.message(Array(repeating: 1, count: 995))))
        #expect(server.owner.messages(of: call).count == 1, "what is granted is delivered")
        #expect(try server.sent().isEmpty)
        server.connection.setPaused(call, false)
        server.tick()
        #expect(
            try server.sent() == [Frame(type: Frame.windowUpdate, stream: 1, payload: Frame.number(1000, bytes: 4))])
        server.feed(Server.data(1, Server.message(Array(repeating: 1, count: 995))) + Server.trailers(1))
        #expect(server.owner.messages(of: call).count == 2)
        server.connection.setPaused(call, true)
    }

    @Test func refusesMoreThanTheStreamsWindow() throws {
        let server = try ScriptedServer(limits: limits(stream: 1000))
        let (call, other) = (server.begin(), server.begin())
        _ = try server.sent()
        server.connection.setPaused(call, true)
        server.feed(
            Server.head(1) + Server.data(1, Array(Server.message(Array(repeating: 1, count: 2000)).prefix(1000))))
        server.feed(Server.data(1, [1]))
        #expect(server.owner.status(of: call)?.code == .internal)
        #expect(try server.sent() == [Frame(type: Frame.reset, stream: 1, payload: [0, 0, 0, 3])])
        server.feed(Server.head(3) + Server.trailers(3))
        #expect(server.owner.status(of: other)?.code == .ok)
    }

    @Test func refusesMoreThanTheConnectionsWindow() throws {
        let server = try ScriptedServer(limits: limits(stream: 1 << 20))
        _ = server.begin()
        _ = try server.sent()
        let data = Server.data(1, Server.message(Array(repeating: 1, count: 13_995)))
        server.feed(Server.head(1) + data + data + data + data + data)
        #expect(try server.goAwayCode() == 3)
    }

    @Test func assemblesMessagesLargerThanTheWindow() throws {
        let server = try ScriptedServer(limits: limits(stream: 1000))
        let call = server.begin()
        let message = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
        server.feed(Server.head(1))
        let bytes = Server.message(message) + Server.message([1])
        for start in stride(from: 0, to: bytes.count, by: 450) {
            server.feed(Server.data(1, Array(bytes[start..<min(start + 450, bytes.count)])))
        }
        #expect(server.owner.messages(of: call) == [message, [1]])
    }
}
