import ServingModel
import Testing
import Tokenization

/// The steps of `tokenizer.json` that can be told apart in a line.
struct TokenizerStepTests {
    /// Words as they come out of a pre-tokenizer, told by the offsets of their first bytes: each ends up as one token.
    private static func words(_ preTokenizer: String, _ text: String, normalizer: String = "null") throws -> [String] {
        let file = """
            {"added_tokens": [], "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer), "decoder": null,
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0}}}
            """
        let tokenizer = try TokenizerJSON.tokenizer(of: Array(file.utf8))
        return tokenizer.encode(text).map { _ in "?" }
    }

    private static func count(_ pattern: String, _ text: String) throws -> Int {
        let escaped = pattern.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let split = #"{"type": "Split", "pattern": {"Regex": "\#(escaped)"}, "behavior": "Removed", "invert": true}"#
        return try words(split, text).count
    }

    @Test(arguments: [
        ("x", "axbxx", 3), ("(?:ab)+", "ababcab", 2), ("[^a-c]+", "abcdefa", 1), ("(?i:ABC)", "abcABCaBc", 3),
        (#"\d{2,3}"#, "1234567", 2), (#"\w+(?=!)"#, "a b! c!", 2), (#"(?<=\$)\d+"#, "$12 34 $5", 2),
        (#"\bfoo\b"#, "foo foobar foo", 2), ("a|ab", "ab", 1), ("a*?b", "aaab", 1),
        (#"\p{Lu}\p{Ll}+"#, "Abc Def GH", 2),
        (#"[\p{L}&&[^a-z]]+"#, "abcDEFgÉ", 2), (#"\x41\u0042"#, "ABAB", 2), (#"^a"#, "a\na", 2), (#"a$"#, "a\na", 2),
        (#"\Aa|\z"#, "aa", 1), ("[]a]+", "]a]", 1), (#"[a\-z]+"#, "a-z b", 1), ("(?!a)[a-c]", "abc", 2),
        (#"\s+(?!\S)"#, "a   b  ", 2), ("(?>ab)", "abab", 2), (#"(\d)(?=(?:\d{3})+$)"#, "1234567", 2),
    ])
    func matchesPatternsWithoutAScanner(_ pattern: String, _ text: String, _ count: Int) throws {
        #expect(try Self.count(pattern, text) == count)
    }

    @Test(arguments: [
        #"(a)\1"#, "(?<name>a)", "a(?:b*)*", "(?:a|b)++", "(?<=ab)c", "[[:alpha:]]", #"\p{Greek}"#, #"\h"#, "(?i:é)",
        "a{2",
        "(a", "a)", "*", "[a", "(?i:ss)", #"\G"#, "(?x: a)", "a{1,5000}", "[b-a]", #"a\"#,
    ])
    func refusesPatternsThatItDoesNotDo(_ pattern: String) {
        #expect(throws: TokenizationError.self) { try Self.count(pattern, "abc") }
    }

    /// Patterns that take quadratic or exponential time in backtracking engines.
    @Test(arguments: [
        "(?:a|a)*b", "(?:a|aa)+$b", "a*a*a*b|a", #"(?:\w+\s?)+!|\w"#, #"\s*[\r\n]+|\s"#, "(?:a*b)?a", "a+(?=a*b)|a",
        #"\d{1,3}(?=(?:\d{3})*\b)"#, "(?=a*c)a|a",
    ])
    func isLinearWhateverThePattern(_ pattern: String) throws {
        for unit in ["a", " ", "1"] {
            func time(_ count: Int) throws -> Duration {
                let text = String(repeating: unit, count: count)
                return try ContinuousClock().measure { _ = try Self.count(pattern, text) }
            }
            let short = try (0..<3).map { _ in try time(2_000) }.min() ?? .zero
            #expect(try time(20_000) < short * 60 + .milliseconds(40), "\(unit.debugDescription)")
        }
    }

    @Test(arguments: [
        ("Isolated", false, 5), ("Removed", false, 3), ("Removed", true, 2), ("MergedWithPrevious", false, 3),
        ("MergedWithNext", false, 3), ("Contiguous", false, 5),
    ])
    func treatsMatchesAsTheBehaviorSays(_ behavior: String, _ isInverted: Bool, _ count: Int) throws {
        let split = #"""
            {"type": "Split", "pattern": {"String": "-"}, "behavior": "\#(behavior)", "invert": \#(isInverted)}
            """#
        #expect(try Self.words(split, "ab-cd-ef").count == count)
    }

    @Test(arguments: [
        (#"{"type": "UnicodeScripts"}"#, "null", "the pre-tokenizer 'UnicodeScripts'"),
        ("null", #"{"type": "Other"}"#, "the normalizer 'Other'"),
    ])
    func refusesStepsByName(_ preTokenizer: String, _ normalizer: String, _ name: String) {
        #expect(throws: TokenizationError.unsupported(name)) {
            try Self.words(preTokenizer, "a", normalizer: normalizer)
        }
    }

    @Test(arguments: [
        (#"{"type": "CTC"}"#, "the decoder 'CTC'"),
        (
            #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]}"#,
            "the decoder 'ByteFallback' behind 'Fuse'"
        ),
        (
            #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "BPEDecoder", "suffix": "x"}]}"#,
            "the decoder 'BPEDecoder' behind 'Fuse'"
        ),
    ])
    func refusesDecodersByName(_ decoder: String, _ name: String) {
        let file = """
            {"added_tokens": [], "decoder": \(decoder),
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0}}}
            """
        #expect(throws: TokenizationError.unsupported(name)) { try TokenizerJSON.tokenizer(of: Array(file.utf8)) }
    }

    // MARK: Templates

    private static func sequence(_ processor: String, _ second: String?) throws -> SequenceTemplate.Sequence {
        let file = """
            {"added_tokens": [{"id": 1, "content": "[CLS]", "special": true},
             {"id": 2, "content": "[SEP]", "special": true}],
             "pre_tokenizer": {"type": "Whitespace"}, "post_processor": \(processor),
             "model": {"type": "WordLevel", "unk_token": "?",
             "vocab": {"?": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4}}}
            """
        let tokenizer = try TokenizerJSON.tokenizer(of: Array(file.utf8))
        return tokenizer.encodeSequence(Array("a".utf8), second.map { Array($0.utf8) })
    }

    @Test func addsTheTokensThatAModelExpectsAroundTexts() throws {
        let bert = #"{"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}"#
        let roberta = bert.replacing("Bert", with: "Roberta")
        #expect(try Self.sequence(bert, nil).tokens.map(\.rawValue) == [1, 3, 2])
        #expect(try Self.sequence(bert, "b").tokens.map(\.rawValue) == [1, 3, 2, 4, 2])
        #expect(try Self.sequence(bert, "b").types == [0, 0, 0, 1, 1])
        #expect(try Self.sequence(roberta, "b").tokens.map(\.rawValue) == [1, 3, 2, 2, 4, 2])
        #expect(try Self.sequence(roberta, "b").types == [0, 0, 0, 0, 0, 0])
        let template = #"""
            {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "B", "type_id": 1}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1, 2], "tokens": ["[CLS]", "[SEP]"]}}}]}
            """#
        #expect(try Self.sequence(template, nil).tokens.map(\.rawValue) == [1, 2, 3])
        #expect(try Self.sequence(template, "b").types == [1, 0])
        #expect(try Self.sequence("null", nil).tokens.map(\.rawValue) == [3])
    }
}
