import HTTPEngine
import OpenAIAPI
import Testing

struct UsageReaderTests {
    /// What came of an answer: what the client got, and what was read.
    private struct Reading: Equatable {
        var client: [UInt8] = []
        var usage: TokenUsage?
        var sawDone = false
        var tokenEvents = 0
        var failure: String?
    }

    private func read(
        _ pieces: [ArraySlice<UInt8>], form: AnswerForm = .events, hidesUsage: Bool = false
    ) -> Reading {
        var reader = UsageReader(form: form, hidesUsage: hidesUsage)
        var client: [UInt8] = []
        for piece in pieces {
            switch piece.withUnsafeBytes({ reader.read($0) }) {
            case .unchanged: client += piece
            case .replaced(let bytes): client += bytes
            }
        }
        client += reader.finish()
        return Reading(
            client: client, usage: reader.usage, sawDone: reader.sawDone, tokenEvents: reader.tokenEvents,
            failure: reader.failure)
    }

    private func read(_ text: String, form: AnswerForm = .events, hidesUsage: Bool = false) -> Reading {
        read([Array(text.utf8)[...]], form: form, hidesUsage: hidesUsage)
    }

    // MARK: Streams

    private static let role = #"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#
    private static let hello = #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"\"usage\": {"}}]}"#
    private static let word = #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"usage"}}],"usage":null}"#
    private static let thought = #"data: {"choices": [{"delta": {"content": null, "reasoning_content": "hm"}}]}"#
    private static let call =
        #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"usage\":{"}}]}}]}"#
    private static let finish = #"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
    private static let usage =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":31,"total_tokens":36,"completion_tokens":5,"#
        + #""prompt_tokens_details":{"cached_tokens":16},"completion_tokens_details":{"reasoning_tokens":2}}}"#
    private static let done = "data: [DONE]"

    private static func stream(_ events: [String], end: String = "\n") -> [UInt8] {
        Array(events.map { $0 + end + end }.joined().utf8)
    }

    private static let events = [
        ": ping", role, hello, word, thought, "event: message\nid: 7\n" + call, finish, usage, done,
    ]

    @Test(arguments: ["\n", "\r\n"], [false, true])
    func readsAStreamAtEverySplit(end: String, hidesUsage: Bool) {
        let events = Self.events.map { $0.replacing("\n", with: end) }
        let bytes = Self.stream(events, end: end)
        let expected = Reading(
            client: hidesUsage ? Self.stream(events.filter { $0 != Self.usage }, end: end) : bytes,
            usage: TokenUsage(promptTokens: 31, completionTokens: 5, cachedTokens: 16, reasoningTokens: 2),
            sawDone: true, tokenEvents: 4, failure: nil)
        for split in 0...bytes.count {
            #expect(read([bytes[..<split], bytes[split...]], hidesUsage: hidesUsage) == expected, "split at \(split)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }, hidesUsage: hidesUsage) == expected)
    }

    @Test func hidesAnyMixOfEventsInAnyPieces() {
        for seed in UInt64(0)..<300 {
            var generator = SeededGenerator(seed: seed)
            let end = Bool.random(using: &generator) ? "\n" : "\r\n"
            let events = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                Self.events.randomElement(using: &generator).map { $0.replacing("\n", with: end) } ?? ""
            }
            let bytes = Self.stream(events, end: end)
            let reading = read(bytes.pieces(using: &generator), hidesUsage: true)
            #expect(reading.client == Self.stream(events.filter { $0 != Self.usage }, end: end), "seed \(seed)")
            #expect((reading.usage != nil) == events.contains(Self.usage), "seed \(seed)")
            #expect(reading.sawDone == events.contains(Self.done), "seed \(seed)")
        }
    }

    @Test func survivesAnyBytes() {
        let parts = [
            "data:", "data: ", "{", "}", "\"usage\"", ":", "\"choices\"", "[]", "\n", "\r\n", "\r", "\\", "\"",
            "\"error\"", "[DONE]", "\u{FEFF}", "é", "1", " ", "\"prompt_tokens\":3",
        ]
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let bytes = (0..<60).flatMap { _ in Array((parts.randomElement(using: &generator) ?? "").utf8) }
            let pieces = bytes.pieces(using: &generator)
            #expect(read(pieces).client == bytes, "seed \(seed)")
            #expect(read(pieces, form: .whole).client == bytes, "seed \(seed)")
            #expect(read(pieces, hidesUsage: true) == read([bytes[...]], hidesUsage: true), "seed \(seed)")
        }
    }

    @Test func keepsUsageThatBearsAChoice() {
        let event = #"data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
        let reading = read(event + "\n\n", hidesUsage: true)
        #expect(reading.client == Self.stream([event]))
        #expect(reading.usage == TokenUsage(promptTokens: 3, completionTokens: 1, cachedTokens: 0))
    }

    @Test func takesTheLastUsage() {
        let first = #"data: {"choices":[{"text":"a"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
        let second = #"data: {"choices":[{"text":"b"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        let reading = read(first + "\n\n" + second + "\n\n")
        #expect(reading.usage == TokenUsage(promptTokens: 3, completionTokens: 2, cachedTokens: 0))
        #expect(reading.tokenEvents == 2)
    }

    @Test func readsAnEventOfSeveralLines() {
        let reading = read("data: {\"choices\": [],\ndata: \"usage\": {\"prompt_tokens\": 1}}\n\n", hidesUsage: true)
        #expect(reading.client == [])
        #expect(reading.usage?.promptTokens == 1)
    }

    @Test func readsAnEventThatTheEndCutsOff() {
        #expect(read(Self.done).sawDone)
        #expect(read(Self.usage, hidesUsage: true).client == [])
        #expect(read("data: {\"choi", hidesUsage: true).client == Array("data: {\"choi".utf8))
    }

    @Test(arguments: [false, true]) func passesAnEventTooLongToBeRead(hidesUsage: Bool) {
        let long = #"data: {"choices":[{"delta":{"content":""# + String(repeating: "x", count: 200_000) + #""}}]}"#
        let bytes = Self.stream([Self.hello, long, Self.usage, Self.done])
        var generator = SeededGenerator(seed: 1)
        for pieces in [[bytes[...]], bytes.pieces(using: &generator)] {
            let reading = read(pieces, hidesUsage: hidesUsage)
            #expect(reading.client == (hidesUsage ? Self.stream([Self.hello, long, Self.done]) : bytes))
            #expect(reading.sawDone && reading.usage?.promptTokens == 31)
        }
    }

    @Test(arguments: [
        (#"data: {"error":{"message":"out of memory","type":"server_error"}}"#, "out of memory"),
        (#"data: {"object":"error","message":"engine dead","code":500,"error":null}"#, "engine dead"),
        (#"data: {"error": "no such slot"}"#, "no such slot"),
    ])
    func seesAnError(event: String, message: String) {
        #expect(read(event + "\n\n").failure == message)
    }

    // MARK: Whole answers

    @Test func readsAWholeAnswerAtEverySplit() {
        let text =
            #"{"id":"c","choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":9}","usage":"no"}}], "usage" "#
            + #": { "prompt_tokens":12, "completion_tokens":7,"x":"}\"","prompt_tokens_details":null},"z":["usage"]}"#
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            let reading = read([bytes[..<split], bytes[split...]], form: .whole)
            #expect(reading.client == bytes)
            #expect(reading.usage == TokenUsage(promptTokens: 12, completionTokens: 7, cachedTokens: 0))
        }
    }

    @Test(arguments: [
        (
            #"{"usage":{"prompt_tokens":4,"total_tokens":4}}"#,
            TokenUsage(promptTokens: 4, completionTokens: 0, cachedTokens: 0)
        ),
        (
            #"{"usage":{"prompt_tokens":4,"completion_tokens":2,"reasoning_tokens":1}}"#,
            TokenUsage(promptTokens: 4, completionTokens: 2, cachedTokens: 0, reasoningTokens: 1)
        ),
        (
            #"{"usage":{"input_tokens":4,"output_tokens":2,"input_tokens_details":{"cached_tokens":3}}}"#,
            TokenUsage(promptTokens: 4, completionTokens: 2, cachedTokens: 3)
        ),
        (#"{"usage":{"prompt_tokens":-4}}"#, nil), (#"{"usage":{"prompt_tokens":4"#, nil), (#"{"usage":null}"#, nil),
    ])
    func readsTheWordsOfEveryServer(text: String, usage: TokenUsage?) {
        #expect(read(text, form: .whole).usage == usage)
    }

    @Test(
        arguments: [
            ("text/event-stream", .events), ("Text/Event-Stream; charset=utf-8", .events),
            ("application/json", .whole), (nil, .whole),
        ] as [(String?, AnswerForm)])
    func tellsFormsApart(contentType: String?, form: AnswerForm) {
        #expect(AnswerForm(contentType: contentType) == form)
    }
}
