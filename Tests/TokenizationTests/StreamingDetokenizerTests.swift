import ServingModel
import Testing
import Tokenization

struct StreamingDetokenizerTests {
    /// A vocabulary in which token `n` is the byte `n`, so that tokens cut characters anywhere.
    let bytes: Vocabulary

    init() throws {
        let file = TokenizerJSONTests.smallFile(
            added: [#"{"id": 300, "content": "<end>", "special": true}"#], more: "")
        bytes = try TokenizerJSON.tokenizer(of: file).vocabulary
    }

    @Test func neverAppendsAPartOfACharacter() {
        let text = Array("aé中😀\u{10FFFF}e\u{301}👨‍👩‍👧z".utf8)
        var detokenizer = StreamingDetokenizer(bytes)
        var result: [UInt8] = []
        for byte in text {
            detokenizer.append(TokenID(Int32(byte)), to: &result)
            #expect(String(validating: result, as: UTF8.self) != nil)
        }
        detokenizer.finish(into: &result)
        #expect(result == text)
    }

    /// The expected strings are those of Python's `bytes.decode(errors="replace")`.
    @Test(
        arguments: [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0xE4, 0xB8], "\u{FFFD}"),
            ([0xE4, 0xB8, 0x61], "\u{FFFD}a"),
            ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
            ([0xF0, 0x9F, 0xE4, 0xB8, 0xAD], "\u{FFFD}中"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
            ([0xE0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xF0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0x80, 0xE4, 0xE4, 0xB8, 0xAD, 0xC3], "\u{FFFD}\u{FFFD}中\u{FFFD}"),
        ] as [([UInt8], String)])
    func replacesWhatIsNoCharacter(_ text: [UInt8], _ expected: String) {
        var detokenizer = StreamingDetokenizer(bytes)
        var result: [UInt8] = []
        for byte in text { detokenizer.append(TokenID(Int32(byte)), to: &result) }
        detokenizer.finish(into: &result)
        #expect(String(decoding: result, as: UTF8.self) == expected)
    }

    @Test func decodesRandomBytesLikeTheStandardLibrary() {
        var random = SeededGenerator(state: 17)
        for _ in 0..<20_000 {
            let text =
                (0..<8).map { _ in
                    [0x61, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC3, 0xE0, 0xE4, 0xED, 0xF0, 0xF1, 0xF4, 0xFF]
                        .randomElement(using: &random) ?? 0
                } as [UInt8]
            var detokenizer = StreamingDetokenizer(bytes)
            var result: [UInt8] = []
            for byte in text { detokenizer.append(TokenID(Int32(byte)), to: &result) }
            detokenizer.finish(into: &result)
            #expect(result == Array(String(decoding: text, as: UTF8.self).utf8), "\(text)")
        }
    }

    @Test func leavesOutControlTokensUnlessTheyAreToBeShown() {
        var result: [UInt8] = []
        var detokenizer = StreamingDetokenizer(bytes)
        for id: Int32 in [0x61, 300, 0x62, 299, 9999, -1] { detokenizer.append(TokenID(id), to: &result) }
        #expect(result == Array("ab".utf8))
        detokenizer = StreamingDetokenizer(bytes, showsControlTokens: true)
        result = []
        for id: Int32 in [0x61, 300, 0x62] { detokenizer.append(TokenID(id), to: &result) }
        #expect(result == Array("a<end>b".utf8))
    }

    @Test func removesOnlyALeadingSpace() {
        var detokenizer = StreamingDetokenizer(bytes, removesLeadingSpace: true)
        var result: [UInt8] = []
        for byte in "  a b".utf8 { detokenizer.append(TokenID(Int32(byte)), to: &result) }
        #expect(result == Array(" a b".utf8))
    }
}
