import JSONBytes
import OutputParsing
import SchemaGrammar

/// An answer of a model, in pieces as tokens come.
struct BenchAnswer {
    let name: String
    let format: OutputFormat
    let pieces: [[UInt8]]

    static let tools = [
        ToolSignature(
            name: Array("search_documents".utf8),
            parameters: [
                "type": "object",
                "properties": [
                    "query": ["type": "string"], "limit": ["type": "integer"], "exact": ["type": "boolean"],
                    "filter": [
                        "type": "object", "properties": ["tags": ["type": "array", "items": ["type": "string"]]],
                    ],
                ],
            ])
    ]

    private static let sentence =
        "The river rises in the hills near the border, and by the time it reaches the plain it is wide enough for "
        + "barges; in 2019 a third lock (12 m × 110 m) was added, so that `x < y` no longer holds for all of them.\n"

    private static let arguments: JSONObject = {
        let tags: JSONValue = ["tags": ["rivers", "locks <new>", "2019"]]
        let query = JSONValue.string(String(repeating: sentence, count: 3))
        return JSONObject([("query", query), ("limit", 20), ("exact", true), ("filter", tags)])
    }()

    /// Reasoning, text and four calls with some 400 bytes of arguments each, as the format writes them.
    static func all() -> [BenchAnswer] {
        OutputFormat.all.compactMap { format -> BenchAnswer? in
            guard let frame = format.forcedCall, let answer = reasoning[format.name] else { return nil }
            let calls = CallText(frame).text(of: Array(repeating: ("search_documents", arguments), count: 4))
            let thought = String(repeating: sentence, count: 6)
            let text = answer.open + thought + answer.close + (answer.hasText ? thought + thought : "") + calls
            return BenchAnswer(name: format.name, format: format, pieces: pieces(of: text))
        }
    }

    /// The formats that are measured, one of each kind of notation, with what they write around reasoning.
    private static let reasoning: [String: (open: String, close: String, hasText: Bool)] = [
        "hermes": ("<think>\n", "\n</think>\n\n", true), "deepseek-v3.1": ("<think>", "</think>", true),
        "kimi-k2": ("<think>", "</think>", true), "qwen3-coder": ("<think>\n", "\n</think>\n\n", true),
        "glm": ("<think>", "</think>", true), "deepseek-v3.2": ("<think>", "</think>", true),
        "lfm2": ("<think>", "</think>", true), "gemma": ("<|channel>thought\n", "<channel|>", true),
        "harmony": (
            "<|channel|>analysis<|message|>", "<|end|><|start|>assistant", false
        ),
    ]

    /// Text alone, in a format whose markers never come.
    static func plainText() -> BenchAnswer {
        BenchAnswer(
            name: "text alone", format: .named("hermes") ?? .plainJSON,
            pieces: pieces(of: String(repeating: sentence, count: 34)))
    }

    /// The text in pieces as long as tokens of such text are: a word with the space before it, digits, a sign.
    private static func pieces(of text: String) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        for byte in text.utf8 {
            let isLetter = byte >= 0x80 || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let last = pieces[pieces.count - 1]
            if last.count >= 8 || !isLetter && last != [] { pieces.append([]) }
            pieces[pieces.count - 1].append(byte)
        }
        return pieces
    }
}
