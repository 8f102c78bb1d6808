import ServingModel

/// Byte-pair encoding of the characters of a word, with all that `tokenizer.json` may say of it.
///
/// It is Hugging Face's `BPE` without dropout. Where tokens are spelt in bytes, as most are, `ByteLevelTokenizer` does
/// the same faster.
final class CharacterPairModel: Sendable {
    struct Rules: Sendable {
        /// What stands before each character's token but the first of a word, and behind the last one's.
        var continuationPrefix: [UInt8] = []
        var wordSuffix: [UInt8] = []
        /// The token of characters that are none; left out if nil.
        var unknown: TokenID?
        /// Whether neighbouring unknown characters are one token.
        var fusesUnknown = false
        /// The token of each byte, for characters that are no tokens, or -1; empty if there are none.
        var byteTokens: [Int32] = []
        /// Whether a word that is a token becomes that token even if its merges would not make it.
        var ignoresMerges = false
        /// For each byte whether some token has the mark U+2581 behind it; words can be cut before the others' marks.
        /// Nil if they cannot be cut at all.
        var bytesBeforeMarks: [Bool]?
    }

    private let spellings: SpellingTable
    private let characters: CharacterSymbols
    private let merges: MergeTable
    private let rules: Rules
    /// Whether a character's token is that of its own spelling.
    private let isPlain: Bool
    private static let mark: [UInt8] = [0xE2, 0x96, 0x81]

    init(
        _ vocabulary: [(spelling: [UInt8], token: Int32)], _ spellings: SpellingTable, merges: MergeTable, rules: Rules
    ) {
        self.spellings = spellings
        self.merges = merges
        self.rules = rules
        isPlain = rules.continuationPrefix.isEmpty && rules.wordSuffix.isEmpty
        var characters: [UInt32: Int32] = [:]
        for (spelling, token) in vocabulary where !spelling.isEmpty && spelling.count <= 4 {
            let scalars = String(decoding: spelling, as: UTF8.self).unicodeScalars
            if scalars.count == 1, let scalar = scalars.first { characters[scalar.value] = token }
        }
        self.characters = CharacterSymbols(characters)
    }

    /// Appends the tokens of one word. O(n log n) in its length.
    func encode(_ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch, into tokens: inout [TokenID]) {
        if rules.ignoresMerges, let token = spellings[word] {
            tokens.append(TokenID(token))
            return
        }
        guard let bytesBeforeMarks = rules.bytesBeforeMarks else { return merge(word, scratch, into: &tokens) }
        var start = 0
        var isBehindText = false
        var position = 0
        while position < word.count {
            let isMark = word[position] == Self.mark[0] && word[position...].starts(with: Self.mark)
            if isMark, isBehindText, !bytesBeforeMarks[Int(word[position - 1])] {
                merge(UnsafeBufferPointer(rebasing: word[start..<position]), scratch, into: &tokens)
                start = position
            }
            isBehindText = !isMark
            position += isMark ? Self.mark.count : 1
        }
        merge(UnsafeBufferPointer(rebasing: word[start...]), scratch, into: &tokens)
    }

    private func merge(_ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch, into tokens: inout [TokenID]) {
        guard let base = word.baseAddress, !word.isEmpty else { return }
        let text = TextView(word, base)
        scratch.merger.reserve(word.count + 1)
        var count = 0
        var position = 0
        var pendingUnknown: Int32?
        func append(_ token: Int32) {
            scratch.merger.symbols[count] = token
            count += 1
        }
        while position < word.count {
            let character = text.character(at: position, limit: word.count)
            let bytes = UnsafeBufferPointer(rebasing: word[position..<position + character.length])
            let isFirst = position == 0
            position += character.length
            if let token = token(bytes, character, isFirst: isFirst, isLast: position == word.count) {
                if let unknown = pendingUnknown { append(unknown) }
                pendingUnknown = nil
                append(token)
            } else if !rules.byteTokens.isEmpty, bytes.allSatisfy({ rules.byteTokens[Int($0)] >= 0 }) {
                // As the reference does it, unknown characters that wait go on waiting.
                for byte in bytes { append(rules.byteTokens[Int(byte)]) }
            } else if let unknown = rules.unknown {
                if let last = pendingUnknown, !rules.fusesUnknown { append(last) }
                pendingUnknown = unknown.rawValue
            }
        }
        if let unknown = pendingUnknown { append(unknown) }
        count = scratch.merger.merge(count, with: merges)
        for at in 0..<count { tokens.append(TokenID(scratch.merger.symbols[at])) }
    }

    @inline(__always)
    private func token(
        _ bytes: UnsafeBufferPointer<UInt8>, _ character: TextView.Character, isFirst: Bool, isLast: Bool
    ) -> Int32? {
        guard !isPlain else {
            let isMalformed = character.length == 1 && bytes[0] >= 0x80
            let token = isMalformed ? -1 : characters[character.scalar]
            return token >= 0 ? token : nil
        }
        return spellings[
            (isFirst ? [] : rules.continuationPrefix) + bytes + (isLast ? rules.wordSuffix : [])]
    }
}
