import JSONBytes
import ServingModel
import Testing
import Tokenization

/// Compares small tokenizers in every file format with the libraries that they are made for; see the fixtures' README.
struct FormatTests {
    static let folder = "\(References.root)/Tests/TokenizationTests/Fixtures"

    /// The names in `formats.json`: a file, and for tiktoken's the encoding behind it.
    static let names = (try? readNames()) ?? []

    static func readNames() throws -> [String] {
        guard case .object(let file) = try JSONValue(parsing: References.bytes("\(folder)/formats.json")),
            case .array(let names)? = file["names"], case .integer(16)? = file["step"]
        else { throw References.Missing(path: folder) }
        return names.compactMap { name in
            guard case .string(let name) = name else { return nil }
            return name
        }
    }

    static func tokenizer(_ name: String) throws -> any Tokenizer {
        let parts = name.split(separator: " ").map(String.init)
        let bytes = try References.bytes("\(folder)/formats/\(parts[0])")
        guard parts.count == 2 else { return try TokenizerFiles(parts[0], bytes).tokenizer() }
        return try TiktokenFile.tokenizer(of: bytes, name: parts[0], encoding: .named(parts[1]))
    }

    static let texts = Result {
        var records = RecordReader(bytes: try References.bytes("\(folder)/smollm2.texts"))
        var texts: [[UInt8]] = []
        while let record = records.next() { texts.append(record.text) }
        return stride(from: 0, to: texts.count, by: 16).map { texts[$0] }
    }

    @Test func hasFixturesOfAllFormats() throws {
        let hashes = try References.bytes("\(Self.folder)/formats.hashes")
        #expect(Self.names.count > 20)
        #expect(hashes.count == Self.names.count * (try Self.texts.get().count) * 8)
        for suffix in [".json", ".model", ".tiktoken cl100k_base", "tekken.json"] {
            #expect(Self.names.contains { $0.hasSuffix(suffix) })
        }
    }

    @Test(arguments: FormatTests.names)
    func encodesAndDecodesLikeTheReference(_ name: String) throws {
        let texts = try Self.texts.get()
        let hashes = try References.bytes("\(Self.folder)/formats.hashes")
        var at = 8 * texts.count * (Self.names.firstIndex(of: name) ?? 0)
        func next() -> UInt32 {
            defer { at += 4 }
            return hashes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        let tokenizer = try Self.tokenizer(name)
        var encoded: [String] = []
        var decoded: [String] = []
        for text in texts {
            let tokens = tokenizer.encode(text)
            if UInt32(truncatingIfNeeded: RecordReader.hash(tokens)) != next() {
                encoded.append(String(decoding: text, as: UTF8.self).debugDescription)
            }
            if UInt32(truncatingIfNeeded: RecordReader.hash(tokenizer.decode(tokens))) != next() {
                decoded.append(String(decoding: text, as: UTF8.self).debugDescription)
            }
        }
        #expect(encoded.isEmpty, "\(encoded.count) of \(texts.count) are encoded otherwise: \(encoded.prefix(5))")
        #expect(decoded.isEmpty, "\(decoded.count) of \(texts.count) are decoded otherwise: \(decoded.prefix(5))")
    }

    @Test(arguments: FormatTests.names)
    func detokenizesInPiecesLikeTheWhole(_ name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        for text in try Self.texts.get().prefix(600) {
            let tokens = tokenizer.encode(text)
            var detokenizer = StreamingDetokenizer(
                tokenizer.vocabulary, removesLeadingSpace: tokenizer.vocabulary.addsSpacePrefix)
            var pieces: [UInt8] = []
            for token in tokens {
                detokenizer.append(token, to: &pieces)
                #expect(String(validating: pieces, as: UTF8.self) != nil)
            }
            detokenizer.finish(into: &pieces)
            #expect(pieces == tokenizer.decode(tokens))
        }
    }

    @Test(arguments: FormatTests.names)
    func takesAnyBytes(_ name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        var random = SeededGenerator(state: 5)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 0x20...0x7E, using: &random)
            }
            let start = Int.random(in: 0...text.count, using: &random)
            var tokens: [TokenID] = []
            tokenizer.encode(text.span, specialsIn: [start..<text.count], into: &tokens)
            #expect(tokens.allSatisfy { tokenizer.vocabulary.contains($0) })
            #expect(String(validating: tokenizer.decode(tokens), as: UTF8.self) != nil)
        }
    }

    /// Ten times the text takes not much more than ten times the time; quadratic time would be a hundred times.
    @Test(arguments: FormatTests.names)
    func isLinearInTheSameOverAndOver(_ name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        for unit in ["a", "😀", " ", "\u{301}", "1", "-", "a "] {
            func time(_ count: Int) -> Duration {
                let text = Array(String(repeating: unit, count: count / unit.utf8.count).utf8)
                return ContinuousClock().measure { _ = tokenizer.encode(text) }
            }
            _ = time(2_000)
            let short = (0..<3).map { _ in time(4_000) }.min() ?? .zero
            #expect(time(40_000) < short * 60 + .milliseconds(40), "\(unit.debugDescription)")
        }
    }

    @Test(arguments: ["uncased.json", "spm-rules.model", "small.tiktoken", "tekken.json"])
    func endsWithAnErrorOrATokenizerWhereverTheFileIsCut(_ file: String) throws {
        let bytes = try References.bytes("\(Self.folder)/formats/\(file)")
        for length in stride(from: 0, to: bytes.count, by: 997) {
            do {
                _ = try TokenizerFiles(file, Array(bytes[..<length])).tokenizer().encode("Hello")
            } catch {}
        }
    }

    @Test(arguments: ["uncased.json", "spm-rules.model", "spm-bpe-bytes.model", "small.tiktoken", "tekken.json"])
    func survivesBrokenFiles(_ file: String) throws {
        let bytes = try References.bytes("\(Self.folder)/formats/\(file)")
        var random = SeededGenerator(state: 3)
        for _ in 0..<60 {
            var broken = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                _ = try TokenizerFiles(file, broken).tokenizer().encode("Hello, wörld 42 😀")
            } catch {}
        }
    }

    @Test func findsTheTokenizerAmongTheFilesOfAFolder() throws {
        var files = TokenizerFiles()
        #expect(throws: TokenizationError.self) { try files.tokenizer() }
        files.add(
            "tokenizer_config.json", Array(#"{"eos_token": "</s>", "add_bos_token": true, "bos_token": "<s>"}"#.utf8))
        #expect(throws: TokenizationError.self) { try files.tokenizer() }
        files.add("tokenizer.model", try References.bytes("\(Self.folder)/formats/spm-bpe-bytes.model"))
        #expect(try files.tokenizer().vocabulary.specials.addsBeginningOfSequence)
        files.add("tokenizer.json", try References.bytes("\(Self.folder)/formats/llama2-style.json"))
        let tokenizer = try files.tokenizer()
        #expect(tokenizer.encode("a") == (try Self.tokenizer("llama2-style.json").encode("a")))
        #expect(tokenizer.encodeSequence([]).tokens == [TokenID(1)])
        #expect(
            ["tokenizer.json", "tokenizer_config.json", "x.tiktoken", "m.gguf"].allSatisfy(TokenizerFiles.isWanted))
        #expect(!TokenizerFiles.isWanted("model.safetensors"))
        #expect(throws: TokenizationError.unsupported("the format of 'x'")) {
            try TokenizerFiles("x", Array("hello".utf8)).tokenizer()
        }
    }

    @Test func knowsTheSpecialTokensOfTiktokensEncodings() throws {
        let bytes = try References.bytes("\(Self.folder)/formats/small.tiktoken")
        for (name, token, id) in [
            ("cl100k_base", "<|endofprompt|>", 100276), ("o200k_harmony", "<|channel|>", 200005),
            ("qwen", "<|im_end|>", 151645), ("llama3", "<|eot_id|>", 128009),
            ("llama4", "<|reasoning_thinking_end|>", 201143), ("kimi-k2", "<|reserved_token_163839|>", 163839),
        ] {
            let tokenizer = try TiktokenFile.tokenizer(of: bytes, name: "small", encoding: .named(name))
            #expect(tokenizer.encodeWithSpecials(token) == [TokenID(Int32(id))], "\(name)")
            #expect(!tokenizer.encode(token).contains(TokenID(Int32(id))), "\(name)")
        }
        #expect(throws: TokenizationError.self) { try TokenizerFiles("small.tiktoken", bytes).tokenizer() }
        let configuration = #"""
            {"added_tokens_decoder": {"163586": {"content": "<|im_end|>", "special": true}}, "eos_token": "<|im_end|>"}
            """#
        let kimi = try TiktokenFile.tokenizer(
            of: bytes, name: "small", encoding: .named("kimi-k2"), configuration: Array(configuration.utf8))
        #expect(kimi.vocabulary.specials.endOfSequence == TokenID(163586))
    }
}
