import JSONBytes
import OutputParsing
import SchemaGrammar
import ServingModel
import Testing

/// What a model that is held to a format's notation is expected to write, the format's own parser reads. That it reads
/// all that a grammar allows is shown by `CallNotationTests`.
struct ForcedCallTests {
    @Test func everyNotationIsReadBack() throws {
        let calls: [(name: String, arguments: JSONValue)] = [
            ("get_weather", ["city": "Oslo \"x\"\n<b>", "days": 3, "dry": true, "at": ["lat": 1.5]]), ("now", [:]),
            ("get_weather", ["tags": ["a"], "unit": .null, "level": "auto"]),
        ]
        for format in OutputFormat.all {
            guard let frame = format.forcedCall else { continue }
            for count in 1...calls.count {
                let expected = Array(calls.prefix(count))
                let text = CallText(frame).text(
                    of: expected.map { call in
                        if case .object(let object) = call.arguments {
                            (call.name, object)
                        } else {
                            (call.name, .init())
                        }
                    })
                for prompt in ["", "<think>\n", "<|start|>assistant", ">>>"] where Self.fits(prompt, format.name) {
                    let parsed = Parsed(
                        [Array(text.utf8)], format: format, promptTail: prompt, tools: FixtureFile.tools, forced: true)
                    let note = Comment(rawValue: "\(format.name): \(text)")
                    #expect(parsed.ending == .toolCalls(count), note)
                    #expect(parsed.content.isEmpty && parsed.reasoning.isEmpty, note)
                    #expect(parsed.calls.map(\.name) == expected.map(\.name), note)
                    let arguments = parsed.calls.map { try? JSONValue(parsing: $0.arguments) }
                    #expect(arguments == expected.map(\.arguments), note)
                }
            }
        }
    }

    /// A prompt whose end belongs to an answer goes with the formats that write it.
    private static func fits(_ prompt: String, _ format: String) -> Bool {
        switch format {
        case "harmony": prompt == "<|start|>assistant" || prompt.isEmpty
        case "muse": prompt == "<|start|>assistant"
        case "functionary-v3.2": prompt == ">>>"
        default: prompt != ">>>"
        }
    }
}
