import ServingModel
import Testing
import Tokenization

/// What holds for every text.
struct EncodingPropertyTests {
    let tokenizer: any Tokenizer

    init() throws {
        tokenizer = try References.smolLM2.get()
    }

    @Test func takesAnyBytes() throws {
        var random = SeededGenerator(state: 7)
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            let start = Int.random(in: 0...text.count, using: &random)
            var tokens: [TokenID] = []
            tokenizer.encode(text.span, specialsIn: [start..<text.count], into: &tokens)
            #expect(tokens.allSatisfy { tokenizer.vocabulary.contains($0) })
        }
    }

    /// SmolLM2's vocabulary lacks some bytes, so this is about a vocabulary that has them all.
    @Test func decodesToTheTextThatWasEncoded() throws {
        let complete = try TokenizerJSON.tokenizer(of: TokenizerJSONTests.smallFile(added: [], more: ""))
        var random = SeededGenerator(state: 11)
        for _ in 0..<3000 {
            let text = Self.randomText(&random, scalars: 40)
            #expect(complete.decode(complete.encode(text)) == text)
        }
    }

    @Test func encodesAPartAsItWouldTheWholeAlone() throws {
        // What stands before a control token has no effect on what follows it.
        var random = SeededGenerator(state: 13)
        let mark = Array("<|im_start|>".utf8)
        for _ in 0..<500 {
            let left = Self.randomText(&random, scalars: 20)
            let right = Self.randomText(&random, scalars: 20)
            var tokens: [TokenID] = []
            tokenizer.encode(
                (left + mark + right).span, specialsIn: [left.count..<left.count + mark.count], into: &tokens)
            #expect(tokens == tokenizer.encode(left) + [TokenID(1)] + tokenizer.encode(right))
        }
    }

    @Test func appendsToWhatIsThere() {
        var tokens = [TokenID(5)]
        let text = Array("Hello".utf8)
        tokenizer.encode(text.span, specialsIn: [], into: &tokens)
        #expect(tokens == [TokenID(5)] + tokenizer.encode("Hello"))
        #expect(tokenizer.encode("").isEmpty)
    }

    @Test(arguments: ["a", "😀", " ", "\n", "ab ", "é", "'", "<|im_", "1", "\u{301}", "A中"])
    func isNotSlowOnAMegabyteOfTheSame(_ unit: String) {
        let text = Array(String(repeating: unit, count: 1_000_000 / unit.utf8.count).utf8)
        var tokens: [TokenID] = []
        let time = ContinuousClock().measure {
            tokenizer.encode(text.span, specialsIn: [0..<text.count], into: &tokens)
        }
        #expect(!tokens.isEmpty)
        #expect(tokenizer.decode(tokens) == text)
        #expect(time < .seconds(10), "a text of quadratic cost would take hours")
    }

    @Test func servesManyThreadsAtOnce() async {
        let expected = Self.encodings(tokenizer)
        let tokenizer = self.tokenizer
        await withTaskGroup(of: [[TokenID]].self) { group in
            for _ in 0..<8 { group.addTask { Self.encodings(tokenizer) } }
            for await encodings in group { #expect(encodings == expected) }
        }
    }

    private static func encodings(_ tokenizer: any Tokenizer) -> [[TokenID]] {
        (0..<200).map { tokenizer.encode("Thread \($0) says: internationalization, \($0 * 7919) and ünïcödé.") }
    }

    static func randomText(_ random: inout SeededGenerator, scalars: Int) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...scalars, using: &random) {
            let limits: [UInt32] = [0x80, 0x80, 0x800, 0x10000, 0x110000]
            let limit = limits[Int.random(in: 0..<limits.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { text.append(scalar) }
        }
        return Array(String(text).utf8)
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
