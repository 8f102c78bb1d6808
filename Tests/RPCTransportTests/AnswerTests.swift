import RPCTesting
import RPCTransport
import Testing

/// Answers as servers may give them, whole and in pieces.
struct AnswerTests {
    /// Streams, one of them interleaved, padding, empty messages, trailers alone, a block in three frames.
    static let session: [UInt8] =
        Server.head(1) + Server.data(1, Server.message([1, 2, 3]) + Server.message([])) + Server.head(3)
        + Server.data(3, Array(Server.message([9, 8, 7, 6]).prefix(3)))
        + Server.data(1, Server.message(Array(repeating: 5, count: 300)), padding: 20)
        + Server.data(3, Array(Server.message([9, 8, 7, 6]).dropFirst(3).prefix(3)))
        + Server.data(3, Array(Server.message([9, 8, 7, 6]).dropFirst(6)) + Server.message([1]), padding: 0)
        + Frame(type: Frame.priority, stream: 1, payload: [0, 0, 0, 0, 9]).bytes
        + Frame(type: 0xfa, flags: 0xff, stream: 77, payload: [1, 2, 3]).bytes
        + Server.headers(5, [(":status", "200"), ("grpc-status", "5"), ("grpc-message", "no%20such%C3%A9")], end: true)
        + Server.ping() + Server.trailers(1) + unfinishedTrailers(3, status: 13) + Server.goAway(last: 5)

    static func unfinishedTrailers(_ stream: UInt32, status: Int) -> [UInt8] {
        let block = Server.block([("grpc-status", "\(status)"), ("grpc-message", "x")])
        return Frame(type: Frame.headers, flags: Frame.endStream, stream: stream, payload: Array(block.prefix(4))).bytes
            + Frame(type: Frame.continuation, stream: stream, payload: []).bytes
            + Frame(
                type: Frame.continuation, flags: Frame.endHeaders, stream: stream, payload: Array(block.dropFirst(4))
            ).bytes
    }

    /// What the session is to its owner.
    private func expectSession(_ server: ScriptedServer, _ calls: [RPCCall]) {
        let owner = server.owner
        #expect(owner.messages(of: calls[0]) == [[1, 2, 3], [], Array(repeating: 5, count: 300)])
        #expect(owner.messages(of: calls[1]) == [[9, 8, 7, 6], [1]])
        #expect(owner.status(of: calls[0]) == RPCStatus(.ok, isFromServer: true))
        #expect(owner.status(of: calls[1]) == RPCStatus(.internal, "x", isFromServer: true))
        #expect(owner.status(of: calls[2]) == RPCStatus(.notFound, "no suché", isFromServer: true))
        #expect(owner.events.suffix(2).first == .refusesNewCalls)
        #expect(owner.closeReason == "the server said GOAWAY: NO_ERROR")
        #expect(!owner.isUncompleted)
    }

    @Test func isTheSameAtEverySplitPoint() throws {
        let session = Self.session
        for split in 0...session.count {
            let server = try ScriptedServer()
            let calls = (0..<3).map { _ in server.begin() }
            server.feed(Array(session.prefix(split)))
            server.feed(Array(session.dropFirst(split)))
            expectSession(server, calls)
        }
    }

    @Test(arguments: [1, 2, 7]) func isTheSameInSmallPieces(_ size: Int) throws {
        let server = try ScriptedServer()
        let calls = (0..<3).map { _ in server.begin() }
        for start in stride(from: 0, to: Self.session.count, by: size) {
            server.feed(Array(Self.session[start..<min(start + size, Self.session.count)]))
        }
        expectSession(server, calls)
    }

    @Test func completesEachReadOnce() throws {
        let server = try ScriptedServer()
        _ = server.begin()
        server.feed(Server.head(1))
        #expect(server.owner.readsCompleted == 0, "nothing was delivered")
        server.feed(Server.data(1, Server.message([1]) + Server.message([2])) + Server.data(1, Server.message([3])))
        #expect(server.owner.readsCompleted == 1)
        server.feed(Server.trailers(1))
        #expect(server.owner.readsCompleted == 2)
    }

    @Test func writesOnceARead() throws {
        let server = try ScriptedServer()
        _ = server.begin()
        _ = try server.sent()
        let writesBefore = server.writes
        server.owner.onMessage = { _, _ in _ = server.connection.begin(path: ScriptedServer.path, message: [1]) }
        server.owner.onReadCompleted = { _ = server.connection.begin(path: ScriptedServer.path, message: [2]) }
        server.feed(Server.head(1) + Server.data(1, Server.message([1]) + Server.message([2])))
        #expect(server.writes == writesBefore + 1)
        let frames = try server.sent()
        #expect(frames.filter { $0.type == Frame.data }.map(\.payload.last) == [1, 1, 2])
    }

    struct End: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        /// The message is the beginning of what is expected.
        var status: RPCStatus

        init(_ name: String, _ bytes: [UInt8], _ code: RPCStatusCode, _ message: String, fromServer: Bool = false) {
            testDescription = name
            self.bytes = bytes
            status = RPCStatus(code, message, isFromServer: fromServer)
        }
    }

    static let ends: [End] =
        [
            End(
                "trailers", Server.head(1) + Server.trailers(1, status: 3, message: "100%25 %zz %4"), .invalidArgument,
                "100% %zz %4", fromServer: true),
            End(
                "trailers alone", Server.headers(1, Server.goodHead + [("grpc-status", "12")], end: true),
                .unimplemented, "", fromServer: true),
            End(
                "unknown code", Server.head(1) + Server.trailers(1, status: 17), .unknown, "grpc-status 17",
                fromServer: true),
            End(
                "no number", Server.headers(1, [(":status", "200"), ("grpc-status", "x")], end: true), .unknown,
                "grpc-status x", fromServer: true),
            End(
                "no grpc-status", Server.head(1) + Server.headers(1, [("other", "1")], end: true), .unknown,
                "trailers without"),
            End(
                "no trailers", Server.head(1) + Server.data(1, Server.message([1]), end: true), .internal,
                "the server ended the stream without"),
            End(
                "half a message, then OK", Server.head(1) + Server.data(1, [0, 0, 0, 0, 9, 1]) + Server.trailers(1),
                .internal, "the answer ended in the middle"),
            End(
                "half a prefix, then OK", Server.head(1) + Server.data(1, [0, 0]) + Server.trailers(1), .internal,
                "the answer ended in the middle"),
            End(
                "half a message, then an error",
                Server.head(1) + Server.data(1, [0, 0]) + Server.trailers(1, status: 14), .unavailable, "",
                fromServer: true),
            End(
                "informational first", Server.headers(1, [(":status", "103")]) + Server.head(1) + Server.trailers(1),
                .ok, "", fromServer: true),
            End(
                "informational last", Server.headers(1, [(":status", "103")], end: true), .internal,
                "an answer without an HTTP status"),
            End(
                "no HTTP status", Server.headers(1, [("content-type", "application/grpc")]), .internal,
                "an answer without an HTTP status"),
            End("DATA first", Server.data(1, Server.message([1])), .internal, "DATA before"),
            End("headers twice", Server.head(1) + Server.head(1), .internal, "headers in the middle"),
            End("compressed", Server.head(1) + Server.data(1, [1, 0, 0, 0, 1, 1]), .internal, "a compressed message"),
            End("no gRPC", Server.head(1) + Server.data(1, Array("<html>".utf8)), .internal, "no gRPC message"),
            End(
                "compressed, in pieces", Server.head(1) + Server.data(1, [1, 0]) + Server.data(1, [0, 0, 1, 1]),
                .internal, "a compressed message"),
            End(
                "too long", Server.head(1) + Server.data(1, [0, 0, 0, 4, 1]), .resourceExhausted,
                "a message of 1025 bytes"),
            End(
                "too long, in pieces", Server.head(1) + Server.data(1, [0]) + Server.data(1, [255, 255, 255, 255]),
                .resourceExhausted, "a message of 4294967295"),
            End("window of 0", Server.windowUpdate(1, 0), .internal, "a WINDOW_UPDATE of 0"),
            End("window too large", Server.windowUpdate(1, 0x7fff_ffff), .internal, "a stream window of more"),
            End(
                "text/html", Server.headers(1, [(":status", "200"), ("content-type", "text/html")]), .unknown,
                "the server answered HTTP 200 with content-type text/html"),
            End(
                "application/grpcx", Server.headers(1, [(":status", "200"), ("content-type", "application/grpcx")]),
                .unknown, "the server answered HTTP 200"),
            End(
                "application/grpc+proto",
                Server.headers(1, [(":status", "200"), ("content-type", "application/grpc+proto")])
                    + Server.trailers(1), .ok, "", fromServer: true),
            End(
                "application/grpc; x",
                Server.headers(1, [(":status", "200"), ("content-type", "application/grpc; a=b")]) + Server.trailers(1),
                .ok, "", fromServer: true),
            End(
                "HTTP 404 with a status", Server.headers(1, [(":status", "404"), ("grpc-status", "7")], end: true),
                .permissionDenied, "", fromServer: true),
            End(
                "HTTP 200 alone", Server.headers(1, Server.goodHead, end: true), .unknown,
                "the server answered HTTP 200"),
        ]
        + [
            (400, RPCStatusCode.internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
            (429, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable), (500, .unknown),
            (302, .unknown),
        ].flatMap { code, status in
            [false, true].map {
                End(
                    "HTTP \(code)", Server.headers(1, [(":status", "\(code)")], end: $0), status,
                    "the server answered HTTP \(code)")
            }
        }
        + [
            (0, RPCStatusCode.internal), (1, .internal), (2, .internal), (3, .internal), (4, .internal), (5, .internal),
            (6, .internal), (8, .cancelled), (9, .internal), (10, .internal), (11, .resourceExhausted),
            (12, .permissionDenied), (13, .internal), (14, .unknown),
        ].map {
            End("RST_STREAM \($0)", Server.head(1) + Server.reset(1, $0), $1, "the server reset the stream")
        }

    @Test(arguments: ends) func mapsEndsToStatus(_ end: End) throws {
        var limits = RPCClientLimits()
        limits.messageBytes = 1024
        let server = try ScriptedServer(limits: limits)
        let (call, other) = (server.begin(), server.begin())
        _ = try server.sent()
        server.feed(end.bytes)
        let status = try #require(server.owner.status(of: call))
        #expect(status.code == end.status.code)
        #expect(status.message.hasPrefix(end.status.message), "\(status.message)")
        #expect(status.isFromServer == end.status.isFromServer)
        #expect(!status.isUnprocessed)
        // The rest of the stream does not matter any more, and the connection goes on.
        server.feed(Server.data(1, [7, 7]) + Server.trailers(1) + Server.windowUpdate(1, 5) + Server.reset(1, 0))
        server.feed(Server.head(3) + Server.data(3, Server.message([4])) + Server.trailers(3))
        #expect(server.owner.messages(of: other) == [[4]])
        #expect(server.owner.status(of: other)?.code == .ok)
        #expect(server.connection.acceptsCalls && server.connection.openCalls == 0)
        // Streams that the server did not end itself are reset.
        let wasEnded = end.bytes.count >= 9 && Self.endsStream(end.bytes)
        #expect(try server.sent().contains { $0.type == Frame.reset } == !wasEnded)
    }

    private static func endsStream(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let frame = Frame.take(&rest) {
            if frame.type == Frame.reset { return true }
            let carries = frame.type == Frame.data || frame.type == Frame.headers
            if carries, frame.flags & Frame.endStream != 0, frame.stream == 1 {
                // What ends with a fault before its end is reset all the same.
                return !(frame.type == Frame.headers && frame.payload == Server.block([(":status", "103")]))
            }
        }
        return false
    }

    @Test func refusedStreamsWereNotProcessed() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.feed(Server.reset(1, 7))
        let status = try #require(server.owner.status(of: call))
        #expect(status.code == .unavailable && status.isUnprocessed)
    }

    @Test func decodesBlocksThatNobodyWaitsFor() throws {
        let server = try ScriptedServer()
        let cancelled = server.begin()
        let call = server.begin()
        server.cancel(cancelled)
        // The first block puts a field into the decoder's table (literal with indexing); the second refers to it.
        let indexed =
            Server.block(Server.goodHead)
            + [0x40, 11] + Array("grpc-status".utf8) + [2] + Array("16".utf8)
        server.feed(Frame(type: Frame.headers, flags: 5, stream: 1, payload: indexed).bytes)
        server.feed(Server.head(3) + Frame(type: Frame.headers, flags: 5, stream: 3, payload: [0x80 | 62]).bytes)
        #expect(server.owner.status(of: call)?.code == .unauthenticated)
    }
}
