import ChatClient
import Testing

struct EventStreamSplitterTests {
    private static func events(_ chunks: [[UInt8]], limits: ChatLimits = ChatLimits()) throws -> [ServerSentEvent] {
        var splitter = EventStreamSplitter(limits: limits)
        return try chunks.flatMap { try splitter.append($0) }
    }

    private static func event(_ data: String, name: String = "") -> ServerSentEvent {
        ServerSentEvent(name: name, data: Array(data.utf8))
    }

    /// Streams, and the events in them.
    private static let streams: [(stream: String, events: [ServerSentEvent])] = [
        ("data: a\n\ndata: b\n\n", [event("a"), event("b")]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", [event("a"), event("b")]),
        ("data: a\r\rdata: b\r\r", [event("a"), event("b")]),
        ("data: a\r\n\ndata: b\n\r\n", [event("a"), event("b")]),
        ("data: a\r\rdata: b\r\n\n", [event("a"), event("b")]),
        ("data: one\ndata: two\ndata:\ndata: four\n\n", [event("one\ntwo\n\nfour")]),
        ("data:a\n\ndata:  b\n\n", [event("a"), event(" b")]),
        (": keep-alive\n\n:\ndata: a\n: in between\ndata: b\n\n", [event("a\nb")]),
        ("event: error\ndata: {}\n\ndata: b\n\n", [event("{}", name: "error"), event("b")]),
        ("event: empty\n\ndata: b\n\n", [event("b")]),
        ("id: 1\nretry: 10\nunknown: x\nnothing\ndata: a\n\n", [event("a")]),
        ("data\n\ndata:\n\n", [event(""), event("")]),
        ("\u{FEFF}data: a\n\n", [event("a")]),
        ("data: {\"x\":\"a: b\"}\n\n", [event("{\"x\":\"a: b\"}")]),
        ("data: grüß 🦙\n\n", [event("grüß 🦙")]),
        ("\n\n\r\r\r\n", []),
        ("data: cut off", []), ("data: a\n\ndata: cut off\n", [event("a")]),
    ]

    @Test(arguments: streams.indices)
    func findsEventsHoweverTheStreamIsCutInTwo(_ index: Int) throws {
        let (stream, events) = Self.streams[index]
        let bytes = Array(stream.utf8)
        for cut in 0...bytes.count {
            #expect(try Self.events([Array(bytes[..<cut]), Array(bytes[cut...])]) == events, "cut at \(cut)")
        }
    }

    @Test(arguments: streams.indices)
    func findsEventsByteByByte(_ index: Int) throws {
        let (stream, events) = Self.streams[index]
        #expect(try Self.events(stream.utf8.map { [$0] }) == events)
    }

    @Test func givesAnEventAsSoonAsItsEmptyLineBegins() throws {
        var splitter = EventStreamSplitter()
        #expect(try splitter.append(Array("data: a\r\n\r".utf8)) == [Self.event("a")])
        #expect(try splitter.append(Array("\n".utf8)) == [])
    }

    @Test func holdsItsLimits() throws {
        var limits = ChatLimits()
        limits.lineBytes = 8
        limits.eventBytes = 12
        #expect(try Self.events([Array("data: ab\ndata: ab\n\n".utf8)], limits: limits) == [Self.event("ab\nab")])
        #expect(throws: ChatFailure.tooLarge(limit: "line", bytes: 8)) {
            try Self.events([Array(": comment".utf8)], limits: limits)
        }
        #expect(throws: ChatFailure.tooLarge(limit: "event", bytes: 12)) {
            try Self.events([Array(String(repeating: "data:abc\n", count: 4).utf8)], limits: limits)
        }
    }
}
