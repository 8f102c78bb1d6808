import OutputParsing
import Testing

/// What a grammar makes of a format's shape, the format's own parser reads.
struct ForcedCallTests {
    @Test func everyShapeIsReadBack() {
        let calls = [("get_weather", "{\"city\": \"Oslo\", \"days\": 3}"), ("now", "{}"), ("now", "{ \"a\":[] }")]
        for format in OutputFormat.all {
            guard let shape = format.forcedCall else { continue }
            for count in 1...calls.count {
                var text = shape.opening
                for (index, call) in calls.prefix(count).enumerated() {
                    if index > 0 { text += shape.between }
                    text += shape.beforeName + Array(call.0.utf8) + shape.beforeArguments + Array(call.1.utf8)
                    text += shape.afterArguments
                }
                text += shape.closing
                for prompt in ["", "<think>\n", "<|start|>assistant", ">>>"] {
                    guard Self.fits(prompt, format.name) else { continue }
                    let parsed = Parsed(
                        [text], format: format, promptTail: prompt, tools: FixtureFile.tools, forced: true)
                    let note = Comment(rawValue: "\(format.name): \(String(decoding: text, as: UTF8.self))")
                    #expect(parsed.ending == .toolCalls(count), note)
                    #expect(parsed.content.isEmpty && parsed.reasoning.isEmpty, note)
                    #expect(parsed.calls.map(\.name) == calls.prefix(count).map(\.0), note)
                    #expect(parsed.calls.map(\.arguments) == calls.prefix(count).map(\.1), note)
                }
            }
        }
    }

    /// A prompt whose end belongs to an answer goes with the formats that write it.
    private static func fits(_ prompt: String, _ format: String) -> Bool {
        switch format {
        case "harmony": prompt == "<|start|>assistant" || prompt.isEmpty
        case "functionary-v3.2": prompt == ">>>"
        default: prompt != ">>>"
        }
    }
}
