import OutputParsing
import Testing

/// What fixtures cannot show: limits, great length, and when deltas come.
struct ParserTests {
    private func format(_ name: String) -> OutputFormat { OutputFormat.named(name) ?? .plainJSON }

    private func parse(_ name: String, _ text: String, pieces count: Int = .max) -> Parsed {
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: min(count, max(bytes.count, 1))).map {
            Array(bytes[$0..<min(bytes.count, $0 + min(count, bytes.count))])
        }
        return Parsed(pieces, format: format(name), tools: FixtureFile.tools)
    }

    @Test func deliversArgumentsAsTheyCome() {
        let pieces = ["<tool_call>{\"name\": \"get_weather\"", ", \"arguments\": {\"ci", "ty\": \"O", "slo\"}", "}"]
        var parser = OutputParser(
            format("hermes"), promptTail: [], tools: FixtureFile.tools, separatesReasoning: true, forced: false)
        let deltas = pieces.map { piece in
            var deltas: [OutputDelta] = []
            parser.feed(Array(piece.utf8).span, into: &deltas)
            return deltas
        }
        #expect(
            deltas == [
                [.toolCall(index: 0, id: nil, name: Array("get_weather".utf8))],
                [.arguments(index: 0, Array("{\"ci".utf8))], [.arguments(index: 0, Array("ty\": \"O".utf8))],
                [.arguments(index: 0, Array("slo\"}".utf8))], [],
            ])
    }

    @Test func joinsWhatOnePieceHoldsOfOneKind() {
        var parser = OutputParser(
            format("hermes"), promptTail: [], tools: FixtureFile.tools, separatesReasoning: true, forced: false)
        var deltas: [OutputDelta] = [.content(Array("a".utf8))]
        parser.feed(Array("b < c <d> <tool_".utf8).span, into: &deltas)
        #expect(deltas == [.content(Array("ab < c <d>".utf8))])
    }

    @Test(arguments: [1, 7, 4096, .max])
    func whiteSpaceBeyondTheLimitIsText(_ piece: Int) {
        let long = String(repeating: "\n", count: 5000)
        let call = "<tool_call>{\"name\": \"now\"}</tool_call>"
        #expect(parse("hermes", "a\(long)\(call)", pieces: piece).content == "a\(long)")
        #expect(parse("hermes", long + call, pieces: piece).content == long)
        #expect(parse("hermes", "a\n\(call)", pieces: piece).content == "a")
    }

    @Test(arguments: [1, 1000, .max])
    func headersBeyondTheLimitAreText(_ piece: Int) {
        let long = String(repeating: "x", count: 3000)
        for (name, open) in [
            ("mistral", "[TOOL_CALLS]"), ("kimi-k2", "<|tool_call_begin|>"), ("hermes", "<tool_call>{\"name\": \""),
            ("qwen3-coder", "<function="), ("harmony", "<|channel|>"),
        ] {
            #expect(parse(name, open + long + "<", pieces: piece).content == open + long + "<", "\(name)")
        }
    }

    @Test(arguments: [999, .max])
    func whatIsHeldBeyondTheLimitIsText(_ piece: Int) {
        let long =
            "<tool_call>{\"arguments\": {\"a\": \"\(String(repeating: "x", count: 1_100_000))\"}, \"name\": \"now\"}"
        let parsed = parse("hermes", long, pieces: piece)
        #expect(parsed.content == long)
        #expect(parsed.ending == .malformed)
    }

    @Test(arguments: [999, .max])
    func aLongValueIsAString(_ piece: Int) {
        let long = String(repeating: "1", count: 1_100_000)
        let text = "<tool_call>get_weather\n<arg_key>days</arg_key><arg_value>\(long)</arg_value></tool_call>"
        let parsed = parse("glm", text, pieces: piece)
        #expect(parsed.calls.first?.arguments == "{\"days\": \"\(long)\"}")
        #expect(parsed.ending == .toolCalls(1))
    }

    @Test(arguments: ["hermes", "llama4"])
    func deepNestingBreaksTheCall(_ name: String) {
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        let text =
            name == "hermes"
            ? "<tool_call>{\"name\": \"now\", \"arguments\": \(deep)}</tool_call>" : "[now(a=\(deep))]"
        let parsed = parse(name, text)
        #expect(parsed.ending == .malformed)
        let all = (parsed.calls.first?.arguments ?? "") + parsed.content
        #expect(all.split(separator: "[").count > 0 && all.utf8.filter { $0 == UInt8(ascii: "[") }.count >= 1000)
    }

    /// A megabyte a byte at a time, of what is hardest for the parser.
    @Test(arguments: ["<", "<tool_call", "<tool_call>", "\n", "{\"", "<tool_call>{\"a\": \"", "</think>", "[[", "x<y"])
    func worksInLinearTime(_ unit: String) {
        let count = 200_000 / unit.utf8.count
        let text = String(repeating: unit, count: count)
        for name in ["hermes", "plain-json"] {
            let parsed = parse(name, text, pieces: 1)
            #expect(parsed.content.utf8.count <= text.utf8.count)
        }
    }
}
