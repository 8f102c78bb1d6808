import ServingModel
import Testing
import Tokenization

/// Compares with the ids that Hugging Face's `tokenizers` gave; see `Fixtures/README.md`.
struct SmolLM2Tests {
    let tokenizer: any Tokenizer

    init() throws {
        tokenizer = try References.smolLM2.get()
    }

    @Test func encodesTwentyThousandTextsLikeTheReference() throws {
        let path = "\(References.root)/Tests/TokenizationTests/Fixtures/smollm2.texts"
        var reader = RecordReader(bytes: try References.bytes(path))
        var count = 0
        var differing: [String] = []
        var decodedOtherwise: [String] = []
        var tokens: [TokenID] = []
        while let record = reader.next() {
            tokens.removeAll(keepingCapacity: true)
            tokenizer.encode(record.text.span, specialsIn: record.specials, into: &tokens)
            count += 1
            if tokens.count != record.tokenCount || RecordReader.hash(tokens) != record.hash {
                differing.append("\(record.specials) \(String(decoding: record.text, as: UTF8.self).debugDescription)")
            }
            if RecordReader.hash(tokenizer.decode(tokens)) != record.decodedHash {
                decodedOtherwise.append(String(decoding: record.text, as: UTF8.self).debugDescription)
            }
        }
        #expect(count >= 20_000)
        #expect(differing.isEmpty, "\(differing.count) texts differ, first \(differing.prefix(10))")
        #expect(decodedOtherwise.isEmpty, "\(decodedOtherwise.count), first \(decodedOtherwise.prefix(10))")
    }

    @Test func knowsTheModelsSpecialTokens() {
        let specials = tokenizer.vocabulary.specials
        #expect(tokenizer.vocabulary.count == 49152)
        #expect(specials.beginningOfSequence == TokenID(1))
        #expect(specials.endOfSequence == TokenID(2))
        #expect(specials.endOfTurn == TokenID(2))
        #expect(!specials.addsBeginningOfSequence)
        #expect(tokenizer.vocabulary.endsGeneration(TokenID(2)))
        #expect(!tokenizer.vocabulary.endsGeneration(TokenID(1)))
        #expect(tokenizer.vocabulary.token(named: "<|im_start|>") == TokenID(1))
    }

    @Test func recognisesControlTokensOnlyInsideTheAllowedRanges() {
        let text = Array("<|im_start|>user\n<|im_end|><|im_end|>".utf8)
        func encode(_ specials: [Range<Int>]) -> [TokenID] {
            var tokens: [TokenID] = []
            tokenizer.encode(text.span, specialsIn: specials, into: &tokens)
            return tokens
        }
        let end = TokenID(2)
        #expect(encode([0..<text.count]).filter { $0 == end }.count == 2)
        #expect(encode([0..<17, 27..<37]).filter { $0 == end }.count == 1)
        #expect(encode([0..<17, 28..<37]).filter { $0 == end }.isEmpty)
        // Ranges that touch are one; a match may lie across them.
        #expect(encode([17..<20, 20..<27]).filter { $0 == end }.count == 1)
        #expect(encode([]).allSatisfy { $0.rawValue > 16 })
    }
}

/// Reads the records of a `.texts` fixture.
struct RecordReader {
    struct Record {
        var specials: [Range<Int>] = []
        var text: [UInt8] = []
        var tokenCount = 0
        var hash: UInt64 = 0
        var decodedHash: UInt64 = 0
    }

    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Record? {
        guard position < bytes.count else { return nil }
        var record = Record()
        for _ in 0..<integer(1) {
            let start = Int(integer(2))
            record.specials.append(start..<Int(integer(2)))
        }
        let length = Int(integer(2))
        record.text = Array(bytes[position..<position + length])
        position += length
        record.tokenCount = Int(integer(2))
        record.hash = integer(8)
        record.decodedHash = integer(8)
        return record
    }

    /// FNV-1a over the ids, four bytes each, little-endian.
    static func hash(_ tokens: [TokenID]) -> UInt64 {
        hash(
            tokens.flatMap { token in
                stride(from: UInt32(0), to: 32, by: 8).map {
                    UInt8(truncatingIfNeeded: UInt32(bitPattern: token.rawValue) >> $0)
                }
            })
    }

    /// FNV-1a.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    private mutating func integer(_ size: Int) -> UInt64 {
        defer { position += size }
        return bytes[position..<position + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
