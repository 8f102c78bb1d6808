import ServingModel
import Testing
import Tokenization

struct PromptCacheTests {
    /// A prompt as a template would write it: control tokens count only in its own parts.
    struct Prompt {
        var text: [UInt8] = []
        var specials: [Range<Int>] = []

        mutating func append(_ text: String, isTemplate: Bool) {
            let start = self.text.count
            self.text += Array(text.utf8)
            if isTemplate { specials.append(start..<self.text.count) }
        }
    }

    /// Tokenizers that strip around added tokens, have one within another, and compose across them.
    static let files: [[String]] = [
        [added(300, "<a>"), added(301, "<a>b")],
        [added(300, "<a>", more: #", "lstrip": true, "rstrip": true"#), added(301, "<b>")],
        [added(300, "<a>", more: #", "single_word": true"#), added(301, "c<b>")],
    ]

    static func added(_ id: Int, _ content: String, more: String = "") -> String {
        #"{"id": \#(id), "content": "\#(content)", "special": true\#(more)}"#
    }

    @Test func givesWhatEncodingAnewGives() throws {
        var random = SeededGenerator(state: 17)
        let pieces = [
            "<a>", "<b>", "<a>b", "c<b>", " ", "\n", "ab", "é", "e\u{301}", "\u{301}", "hello world", "  ", "x",
        ]
        var tokenizers: [any Tokenizer] = [try References.smolLM2.get()]
        for added in Self.files {
            for normalizer in ["", #""normalizer": {"type": "NFC"},"#] {
                tokenizers.append(
                    try TokenizerJSON.tokenizer(
                        of: TokenizerJSONTests.smallFile(added: added, more: normalizer)))
            }
        }
        for tokenizer in tokenizers {
            let cache = PromptCache(tokenizer, bytesMax: 20_000)
            var prompts = [Prompt()]
            for _ in 0..<600 {
                var prompt = prompts[Int.random(in: 0..<prompts.count, using: &random)]
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
                    prompt.append(
                        String(repeating: piece, count: Bool.random(using: &random) ? 1 : 12),
                        isTemplate: Bool.random(using: &random))
                }
                if prompt.text.count < 6000 { prompts.append(prompt) }
                var found: [TokenID] = []
                cache.encode(prompt.text.span, specialsIn: prompt.specials, into: &found)
                var expected: [TokenID] = []
                tokenizer.encode(prompt.text.span, specialsIn: prompt.specials, into: &expected)
                #expect(found == expected, "\(String(decoding: prompt.text, as: UTF8.self).debugDescription)")
                #expect(cache.bytes <= 20_000)
            }
        }
    }

    @Test func encodesOnlyTheNewTurns() throws {
        let tokenizer = CountingTokenizer(try References.smolLM2.get())
        let cache = PromptCache(tokenizer, bytesMax: 1 << 20)
        var prompt = Prompt()
        var bytesAfterTurn: [Int] = []
        for turn in 0..<50 {
            prompt.append("<|im_start|>user\n", isTemplate: true)
            let text = "This is what the user asks in turn \(turn). " + String(repeating: "And more. ", count: 40)
            prompt.append(text, isTemplate: false)
            prompt.append("<|im_end|>\n<|im_start|>assistant\n", isTemplate: true)
            var tokens: [TokenID] = []
            let before = tokenizer.bytes
            cache.encode(prompt.text.span, specialsIn: prompt.specials, into: &tokens)
            bytesAfterTurn.append(tokenizer.bytes - before)
            #expect(tokens == tokenizer.base.encode(prompt.text, specialsIn: prompt.specials))
        }
        #expect(bytesAfterTurn.allSatisfy { $0 < 1200 }, "bytes encoded a turn: \(bytesAfterTurn)")
        #expect(cache.bytes < 3 * prompt.text.count + 50 * 600, "no token is stored twice")
    }

    @Test func servesManyThreadsAtOnce() async throws {
        let tokenizer = try References.smolLM2.get()
        let cache = PromptCache(tokenizer, bytesMax: 30_000)
        await withTaskGroup(of: Bool.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    (0..<100).allSatisfy { round in
                        var prompt = Prompt()
                        for turn in 0..<(round + thread) % 9 {
                            prompt.append("<|im_start|>", isTemplate: true)
                            let text = "turn \(turn) of \(round % 3). " + String(repeating: "x", count: 99)
                            prompt.append(text, isTemplate: false)
                        }
                        var found: [TokenID] = []
                        cache.encode(prompt.text.span, specialsIn: prompt.specials, into: &found)
                        return found == tokenizer.encode(prompt.text, specialsIn: prompt.specials)
                    }
                }
            }
            for await isSame in group { #expect(isSame) }
        }
    }
}

extension Tokenizer {
    fileprivate func encode(_ text: [UInt8], specialsIn specials: [Range<Int>]) -> [TokenID] {
        var tokens: [TokenID] = []
        encode(text.span, specialsIn: specials, into: &tokens)
        return tokens
    }
}

/// Counts the bytes that are encoded; for one thread.
private final class CountingTokenizer: Tokenizer, @unchecked Sendable {
    let base: any Tokenizer
    var bytes = 0

    init(_ base: any Tokenizer) { self.base = base }

    var vocabulary: Vocabulary { base.vocabulary }
    var restartLookahead: Int { base.restartLookahead }

    func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        encode(text, 0..<text.count, specialsIn: specials, into: &tokens)
    }

    func encode(
        _ text: Span<UInt8>, _ part: Range<Int>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]
    ) {
        bytes += part.count
        base.encode(text, part, specialsIn: specials, into: &tokens)
    }

    func restart(_ text: Span<UInt8>, after position: Int, specialsIn specials: [Range<Int>]) -> Int? {
        base.restart(text, after: position, specialsIn: specials)
    }
}
