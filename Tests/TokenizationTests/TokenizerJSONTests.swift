import GGUFFormat
import JSONBytes
import ServingModel
import Testing
import Tokenization

/// Compares `tokenizer.json` files, made of SmolLM2's vocabulary, with what the reference makes of them.
struct TokenizerJSONTests {
    @Test func encodesLikeTheReferenceUnderEveryConfiguration() throws {
        let fixtures = "\(References.root)/Tests/TokenizationTests/Fixtures"
        var reader = JSONReader(try References.bytes("\(fixtures)/pretokenizers.json"))
        guard case .object(let configurations) = try reader.readValue() else {
            throw References.Missing(path: fixtures)
        }
        let hashes = try References.bytes("\(fixtures)/pretokenizers.hashes")
        var records = RecordReader(bytes: try References.bytes("\(fixtures)/smollm2.texts"))
        var texts: [[UInt8]] = []
        while let record = records.next() { texts.append(record.text) }
        let model = try Self.model()
        var at = 0
        for (name, configuration) in configurations {
            guard case .object(let object) = configuration, case .integer(let step)? = object["step"] else { continue }
            let tokenizer = try TokenizerJSON.tokenizer(of: Self.file(model: model, configuration: object))
            var differing: [String] = []
            for index in stride(from: 0, to: texts.count, by: step) {
                let hash = RecordReader.hash(tokenizer.encode(texts[index]))
                let expected = hashes[at..<at + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                if hash & 0xFFFF_FFFF != expected {
                    differing.append(String(decoding: texts[index], as: UTF8.self).debugDescription)
                }
                at += 4
            }
            #expect(differing.isEmpty, "\(name): \(differing.count) texts differ, first \(differing.prefix(5))")
        }
        #expect(at == hashes.count)
    }

    @Test func readsAddedTokensWithTheirFlags() throws {
        let tokenizer = try Self.small(added: [
            #"{"id": 300, "content": "<end>", "special": true, "normalized": false}"#,
            #"{"id": 301, "content": "<l>", "special": false, "lstrip": true}"#,
            #"{"id": 302, "content": "<r>", "special": false, "rstrip": true}"#,
            #"{"id": 303, "content": "word", "special": false, "single_word": true}"#,
        ])
        func ids(_ text: String) -> [Int32] { tokenizer.encode(text).map(\.rawValue) }
        let a = Int32(UInt8(ascii: "a"))
        let space = Int32(UInt8(ascii: " "))
        #expect(ids("a \u{3000}<l> a") == [a, 301, space, a])
        #expect(ids("a <r> \n a") == [a, space, 302, a])
        #expect(ids("a word a") == [a, space, 303, space, a])
        #expect(ids("word") == [303])
        #expect(!ids("words").contains(303))
        #expect(!ids("éword").contains(303))
        #expect(!ids("a<end>").contains(300))
        #expect(tokenizer.encodeWithSpecials("a<end>").map(\.rawValue) == [a, 300])
        #expect(tokenizer.vocabulary.kind(of: TokenID(300)) == .control)
        #expect(tokenizer.vocabulary.kind(of: TokenID(299)) == .unused)
    }

    @Test func readsBeginningAndEndOfSequence() throws {
        let file = Self.smallFile(
            added: [
                #"{"id": 300, "content": "<s>", "special": true}"#, #"{"id": 301, "content": "</s>", "special": true}"#,
            ],
            more:
                #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, "#
                + #"{"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"ids": [300]}}},"#
        )
        let configuration = Array(#"{"eos_token": {"content": "</s>"}}"#.utf8)
        let specials = try TokenizerJSON.tokenizer(of: file, configuration: configuration).vocabulary.specials
        #expect(specials.beginningOfSequence == TokenID(300))
        #expect(specials.addsBeginningOfSequence)
        #expect(specials.endOfSequence == TokenID(301))
        #expect(specials.endOfGeneration == [TokenID(301)])
    }

    @Test func refusesOtherModels() {
        let file = Array(#"{"model": {"type": "Other", "vocab": {"a": 0}}}"#.utf8)
        #expect(throws: TokenizationError.unsupported("the model 'Other'")) { try TokenizerJSON.tokenizer(of: file) }
    }

    @Test func endsWithAnErrorWhereverTheFileIsCut() {
        let file = Self.smallFile(added: [#"{"id": 300, "content": "<s>", "special": true}"#], more: "")
        for length in 0..<file.count {
            #expect(throws: TokenizationError.self) { try TokenizerJSON.tokenizer(of: Array(file[..<length])) }
        }
    }

    // MARK: Files

    /// SmolLM2's vocabulary and merges as the member `model`.
    private static func model() throws -> [UInt8] {
        let metadata = try References.metadata(References.model)
        guard let tokens = metadata.strings("tokenizer.ggml.tokens"),
            let merges = metadata.strings("tokenizer.ggml.merges")
        else { throw References.Missing(path: References.model) }
        var writer = JSONWriter()
        writer.raw(#"{"type":"BPE","dropout":null,"unk_token":null,"byte_fallback":false,"vocab":{"#)
        for (id, token) in tokens.enumerated() {
            if id > 0 { writer.raw(",") }
            writer.write(String(decoding: token, as: UTF8.self))
            writer.raw(":")
            writer.write(id)
        }
        writer.raw(#"},"merges":["#)
        for (index, merge) in merges.enumerated() {
            if index > 0 { writer.raw(",") }
            let parts = merge.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            // Both ways in which files write merges.
            if index.isMultiple(of: 2) {
                writer.write(parts.joined(separator: " "))
            } else {
                writer.write(.array(parts.map { .string($0) }))
            }
        }
        writer.raw("]}")
        return writer.bytes
    }

    private static func file(model: [UInt8], configuration: JSONObject) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw(#"{"added_tokens":[],"normalizer":"#)
        writer.write(configuration["normalizer"] ?? .null)
        writer.raw(#","pre_tokenizer":"#)
        writer.write(configuration["pre_tokenizer"] ?? .null)
        writer.raw(#","model":"#)
        writer.raw(model)
        writer.raw("}")
        return writer.bytes
    }

    private static func small(added: [String]) throws -> any Tokenizer {
        try TokenizerJSON.tokenizer(of: smallFile(added: added, more: ""))
    }

    /// A vocabulary of the 256 bytes, each of which has its own number.
    static func smallFile(added: [String], more: String) -> [UInt8] {
        var next: UInt32 = 0x100
        var entries: [String] = []
        for byte in UInt32(0)..<256 {
            var scalar = byte
            if !(0x21...0x7E).contains(byte), !(0xA1...0xAC).contains(byte), !(0xAE...0xFF).contains(byte) {
                scalar = next
                next += 1
            }
            var writer = JSONWriter()
            writer.write(String(Unicode.Scalar(scalar) ?? " "))
            entries.append(String(decoding: writer.bytes, as: UTF8.self) + ":\(byte)")
        }
        let preTokenizer = more.contains("pre_tokenizer") ? "" : #""pre_tokenizer": {"type": "ByteLevel"},"#
        return Array(
            """
            {"added_tokens": [\(added.joined(separator: ","))], \(more) \(preTokenizer)
             "model": {"type": "BPE", "vocab": {\(entries.joined(separator: ","))}, "merges": []}}
            """.utf8)
    }
}
