import RPCTesting
import RPCTransport
import Testing

/// What a server must not do: the connection ends with a GOAWAY that says so, and calls with `unavailable`.
struct ViolationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var code: Int

        init(_ name: String, _ bytes: [UInt8], code: Int) {
            testDescription = name
            self.bytes = bytes
            self.code = code
        }
    }

    private static func frame(_ type: UInt8, _ flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8]
    {
        Frame(type: type, flags: flags, stream: stream, payload: payload).bytes
    }

    private static func frame(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] { frame(type, 0, payload) }

    static let cases: [Case] = [
        Case(
            "frame too long", Array(frame(Frame.data, stream: 1, Array(repeating: 0, count: 16_385)).prefix(9)), code: 6
        ),
        Case("SETTINGS on a stream", frame(Frame.settings, stream: 1), code: 1),
        Case("SETTINGS of 5 bytes", frame(Frame.settings, [0, 4, 0, 0, 0]), code: 6),
        Case("acknowledgement with settings", frame(Frame.settings, Frame.ack, [0, 4, 0, 0, 0, 1]), code: 6),
        Case("push wanted", Server.settings([(2, 1)]), code: 1),
        Case("window setting too large", Server.settings([(4, 0x8000_0000)]), code: 3),
        Case("frame size too small", Server.settings([(5, 16_383)]), code: 1),
        Case("frame size too large", Server.settings([(5, 1 << 24)]), code: 1),
        Case(
            "window made too large", Server.windowUpdate(1, 0x7fff_ffff - 65_535) + Server.settings([(4, 65_600)]),
            code: 3),
        Case("PUSH_PROMISE", frame(Frame.pushPromise, Frame.endHeaders, stream: 1, [0, 0, 0, 2]), code: 1),
        Case("PING of 7 bytes", frame(Frame.ping, Array(repeating: 0, count: 7)), code: 6),
        Case("PING on a stream", frame(Frame.ping, stream: 1, Array(repeating: 0, count: 8)), code: 1),
        Case("GOAWAY of 7 bytes", frame(Frame.goAway, Array(repeating: 0, count: 7)), code: 6),
        Case("GOAWAY on a stream", frame(Frame.goAway, stream: 1, Array(repeating: 0, count: 8)), code: 1),
        Case("WINDOW_UPDATE of 3 bytes", frame(Frame.windowUpdate, [0, 0, 1]), code: 6),
        Case("WINDOW_UPDATE of 0", Server.windowUpdate(0, 0), code: 1),
        Case("connection window too large", Server.windowUpdate(0, 0x7fff_ffff), code: 3),
        Case("WINDOW_UPDATE of no stream", Server.windowUpdate(9, 1), code: 1),
        Case("RST_STREAM of 3 bytes", frame(Frame.reset, stream: 1, [0, 0, 1]), code: 6),
        Case("RST_STREAM of no stream", Server.reset(9, 8), code: 1),
        Case("RST_STREAM of the connection", Server.reset(0, 8), code: 1),
        Case("PRIORITY on stream 0", frame(Frame.priority, Array(repeating: 0, count: 5)), code: 1),
        Case("PRIORITY of 4 bytes", frame(Frame.priority, stream: 1, Array(repeating: 0, count: 4)), code: 6),
        Case("CONTINUATION of nothing", frame(Frame.continuation, Frame.endHeaders, stream: 1), code: 1),
        Case("interrupted headers", frame(Frame.headers, stream: 1) + Server.ping(), code: 1),
        Case("headers interrupted by DATA", frame(Frame.headers, stream: 1) + Server.data(1, []), code: 1),
        Case(
            "headers continued elsewhere", frame(Frame.headers, stream: 1) + frame(Frame.continuation, stream: 3),
            code: 1),
        Case(
            "endless headers",
            frame(Frame.headers, stream: 1)
                + Array(Array(repeating: frame(Frame.continuation, stream: 1), count: 8000).joined()), code: 11),
        Case("headers on stream 0", Server.headers(0, Server.goodHead), code: 1),
        Case("headers of no stream", Server.head(9), code: 1),
        Case("headers of the server's own", Server.head(2), code: 1),
        Case("DATA on stream 0", Server.data(0, [1]), code: 1),
        Case("DATA of no stream", Server.data(9, [1]), code: 1),
        Case("only padding's length", frame(Frame.data, Frame.padded, stream: 1), code: 6),
        Case("more padding than bytes", frame(Frame.data, Frame.padded, stream: 1, [5, 0, 0, 0, 0]), code: 1),
        Case(
            "more padding than headers", frame(Frame.headers, Frame.padded | Frame.endHeaders, stream: 1, [9, 0]),
            code: 1),
        Case("priority cut short", frame(Frame.headers, 0x20 | Frame.endHeaders, stream: 1, [0, 0, 0, 0]), code: 6),
        Case(
            "no HPACK", frame(Frame.headers, Frame.endHeaders, stream: 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), code: 9
        ),
        Case("unknown index", frame(Frame.headers, Frame.endHeaders, stream: 1, [0x80 | 70]), code: 9),
        Case(
            "headers that grow",
            frame(
                Frame.headers, Frame.endHeaders, stream: 1,
                [0x40, 1, 97, 0x7f, 0xa9, 0x1e] + Array(repeating: 98, count: 4008) + Array(repeating: 0xbe, count: 20)),
            code: 9),
    ]

    @Test(arguments: cases) func endsTheConnection(_ violation: Case) throws {
        let server = try ScriptedServer()
        let calls = [server.begin(), server.begin()]
        _ = try server.sent()
        server.feed(violation.bytes)
        #expect(try server.goAwayCode() == violation.code)
        for call in calls {
            let status = try #require(server.owner.status(of: call))
            #expect(status.code == .unavailable && !status.isFromServer && !status.isUnprocessed)
        }
        #expect(server.owner.closeReason != nil)
        #expect(!server.connection.acceptsCalls && !server.isActive)
        server.feed(Server.head(1))
        #expect(server.owner.events.count == 3)
    }

    @Test func saysThatAFrameWasCutOff() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.feed(Array(Server.head(1).prefix(11)))
        server.hangUp()
        #expect(server.owner.closeReason == "the server closed the connection in the middle of a frame")
        #expect(server.owner.status(of: call)?.code == .unavailable)
    }

    @Test func saysWhatTheSocketSays() throws {
        struct Broken: Error {}
        let server = try ScriptedServer()
        let call = server.begin()
        server.fail(Broken())
        #expect(server.owner.closeReason == "Broken()")
        #expect(server.owner.status(of: call)?.code == .unavailable)
        #expect(!server.isActive)
    }

    @Test func answersPings() throws {
        let server = try ScriptedServer()
        server.feed(Server.ping() + Server.ping(ack: true) + Server.settings([(3, 5)]))
        #expect(
            try server.sent() == [
                Frame(type: Frame.ping, flags: Frame.ack, payload: Array(1...8)),
                Frame(type: Frame.settings, flags: Frame.ack),
            ])
    }

    @Test func cutsOffAServerThatDoesNotRead() throws {
        let server = try ScriptedServer()
        let pings = Array(Array(repeating: Server.ping(), count: 1000).joined())
        for _ in 0..<20 { server.feed(pings) }
        #expect(server.connection.acceptsCalls, "it reads")
        server.setWritable(false)
        for _ in 0..<11 { server.feed(pings) }
        #expect(server.owner.closeReason?.hasPrefix("ENHANCE_YOUR_CALM") == true)
    }
}
