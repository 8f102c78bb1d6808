import GGUFFormat
import JSONBytes
import ServingModel
import Testing
import Tokenization

/// Compares every kind of vocabulary with the tokenizer that it is made for; see the fixtures' README.
struct GGUFVocabularyTests {
    struct Case {
        let name: String
        let file: String
        let strings: [String: String]
        let hashes: String

        var tokenizer: any Tokenizer {
            get throws {
                var bytes = try References.bytes("\(References.vocabularies)/\(file).gguf")
                for (key, value) in strings { bytes = GGUFVocabularyTests.replacing(key, with: value, in: bytes) }
                return try bytes.withUnsafeBytes { try GGUFVocabulary.tokenizer(of: GGUFMetadata($0)) }
            }
        }
    }

    static let fixtures = Result { try readFixtures() }

    @Test func encodesLikeTheReference() throws {
        let (texts, cases) = try Self.fixtures.get()
        #expect(texts.count > 400 && cases.count > 20)
        for one in cases {
            let tokenizer = try one.tokenizer
            var wrong: [String] = []
            for (index, text) in texts.enumerated() {
                let hash = UInt32(truncatingIfNeeded: RecordReader.hash(tokenizer.encode(text)))
                let start = one.hashes.utf8.index(one.hashes.startIndex, offsetBy: 8 * index)
                if UInt32(one.hashes[start...].prefix(8), radix: 16) != hash { wrong.append(text.debugDescription) }
            }
            #expect(wrong.isEmpty, "\(one.name): \(wrong.count) of \(texts.count), as \(wrong.prefix(6))")
        }
    }

    @Test func knowsEveryNameOfLlama() throws {
        let names = [
            "default", "minicpm5", "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0",
            "lfm2", "jina-v5-nano", "deepseek-llm", "deepseek-coder", "deepseek-v3", "spark2_5", "youtu", "falcon",
            "mpt", "starcoder", "gpt-2", "phi-2", "jina-es", "jina-de", "gigachat", "jina-v2-es", "jina-v2-de",
            "a.x-4.0", "mellum", "modern-bert", "jais-2", "jina-v1-en", "jina-v2-code", "roberta-bpe", "refact",
            "command-r", "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "qwen35", "stablelm2", "olmo", "dbrx",
            "smaug-bpe", "poro-chat", "chatglm-bpe", "glm4", "glm5", "viking", "jais", "tekken", "smollm",
            "codeshell", "bloom", "gpt3-finnish", "exaone", "exaone4", "exaone-moe", "chameleon", "minerva-7b",
            "megrez", "gpt-4o", "llama4", "kanana2", "talkie", "granite-embed-multi-97m", "tiny_aya", "cohere2moe",
            "superbpe", "trillion", "granite-docling", "bailingmoe", "bailingmoe2", "llada-moe", "seed-coder",
            "hunyuan", "hunyuan-dense", "hy_v4", "joyai-llm", "kimi-k2", "ufakzeka", "grok-2", "afmoe", "laguna",
            "minimax-m2", "solar-open", "mellum2", "",
        ]
        let text = "It's 12345 tests,\n\n  中文 and naïve  café…"
        for name in names {
            let one = Case(name: name, file: "pairs", strings: ["tokenizer.ggml.pre": name], hashes: "")
            let tokenizer = try one.tokenizer
            #expect(tokenizer.decode(tokenizer.encode(text)) == Array(text.utf8), "\(name)")
        }
    }

    @Test(arguments: ["none", "no_vocab", "test", "another"])
    func refusesWhatIsNoTokenizer(_ model: String) throws {
        let one = Case(name: model, file: "pairs", strings: ["tokenizer.ggml.model": model], hashes: "")
        #expect(throws: TokenizationError.self) { try one.tokenizer }
    }

    @Test(arguments: [
        ("unigram", "Hello  world ﬁx", "Hello world fix"), ("unigram-bytes", " Hello  world 🀄", " Hello  world 🀄"),
        ("wordpiece", "Hello, wörld. 42 tests!", "hello, world. 42 tests!"),
        ("rwkv", "naïve 中文\t😀 \u{0}", "naïve 中文\t😀 \u{0}"),
        ("plamo2", "naïve 中文\t😀▁ \u{FEFF}", "naïve 中文\t😀▁ \u{FEFF}"),
        ("characters", "a b  c\n\n😀é", "a b  c\n\n😀é"), ("dna", "a<dna>acgtac</dna>b", "a<dna>ACGTAC</dna>b"),
    ])
    func decodesWhatItEncoded(_ file: String, _ text: String, _ expected: String) throws {
        let strings = file == "characters" ? ["tokenizer.ggml.pre": "sarvam-moe"] : [:]
        let tokenizer = try Case(name: file, file: file, strings: strings, hashes: "").tokenizer
        #expect(String(decoding: tokenizer.decode(tokenizer.encode(text)), as: UTF8.self) == expected)
    }

    /// Bytes of any kind, controls in some of them, on every kind of vocabulary.
    @Test func takesAnyBytes() throws {
        var random = SeededGenerator(state: 5)
        for one in try Self.fixtures.get().cases {
            let tokenizer = try one.tokenizer
            for _ in 0..<200 {
                let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    let limit = [0x30, 0x80, 0xF0, 0xFF].randomElement(using: &random) ?? 0xFF
                    return UInt8.random(in: 0...UInt8(limit), using: &random)
                }
                var tokens: [TokenID] = []
                tokenizer.encode(text.span, specialsIn: [0..<text.count], into: &tokens)
                #expect(tokens.allSatisfy { tokenizer.vocabulary.contains($0) })
            }
        }
    }

    @Test func takesNoUserTextForControlTokens() throws {
        for (file, name) in [("unigram", "</s>"), ("wordpiece", "[SEP]"), ("rwkv", "<s>"), ("plamo2", "<|plamo:eos|>")]
        {
            let tokenizer = try Case(name: file, file: file, strings: [:], hashes: "").tokenizer
            let control = try #require(tokenizer.vocabulary.token(named: name))
            #expect(!tokenizer.encode("a \(name) b").contains(control))
            #expect(tokenizer.encodeWithSpecials("a \(name) b").contains(control))
        }
    }

    @Test func isNotSlowOnAHundredThousandOfTheSame() throws {
        for one in try Self.fixtures.get().cases {
            let tokenizer = try one.tokenizer
            for unit in ["a", " ", "\n", "1", "中", "\u{301}", "ACGTAC", "'", "<dna>", "\u{E000}"] {
                let text = Array(String(repeating: unit, count: 100_000 / unit.utf8.count).utf8)
                let time = ContinuousClock().measure { _ = tokenizer.encode(text) }
                #expect(time < .seconds(3), "\(one.name) takes \(time) for \(unit.debugDescription)")
            }
        }
    }

    // MARK: Fixtures

    private static func readFixtures() throws -> (texts: [String], cases: [Case]) {
        var reader = JSONReader(try References.bytes("\(References.fixtures)/vocabularies.json"))
        guard case .object(let object) = try reader.readValue(), case .integer(let step)? = object["step"],
            case .array(let more)? = object["texts"], case .array(let cases)? = object["cases"]
        else { throw References.Missing(path: "vocabularies.json") }
        var records = RecordReader(bytes: try References.bytes("\(References.fixtures)/smollm2.texts"))
        var texts: [String] = []
        var index = 0
        while let record = records.next() {
            if index % step == 0 { texts.append(String(decoding: record.text, as: UTF8.self)) }
            index += 1
        }
        return (texts + more.map(string), cases.compactMap(Self.case))
    }

    private static func `case`(_ value: JSONValue) -> Case? {
        guard case .object(let object) = value, case .object(let strings)? = object["strings"] else { return nil }
        var replacements: [String: String] = [:]
        for (key, value) in strings { replacements[key] = string(value) }
        return Case(
            name: string(object["name"] ?? .null), file: string(object["file"] ?? .null), strings: replacements,
            hashes: string(object["hashes"] ?? .null))
    }

    private static func string(_ value: JSONValue) -> String {
        if case .string(let string) = value { string } else { "" }
    }

    /// A GGUF file with another string under a key.
    static func replacing(_ key: String, with value: String, in file: [UInt8]) -> [UInt8] {
        func integer(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 0xFF) } }
        let head = integer(key.utf8.count, 8) + key.utf8 + integer(8, 4)
        guard let start = file.indices.first(where: { file[$0...].starts(with: head) }) else { return file }
        let at = start + head.count
        let size = (0..<8).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) }
        return file[..<at] + integer(value.utf8.count, 8) + value.utf8 + file[(at + 8 + size)...]
    }
}
