package import ServingModel

/// Byte-level byte-pair encoding, as GPT-2, Llama 3, Qwen, SmolLM and most others have it.
///
/// A text is cut at its added tokens, each part into words by the model's pattern, and each word's bytes are merged
/// pair by pair in the order of the merges' ranks. Most words are one token and found as such; others are looked up
/// among those merged before.
package final class ByteLevelTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    /// Whether text is brought into Unicode's form C first.
    private let composes: Bool
    private let preTokenizer: PreTokenizer
    private let characters: CharacterTable
    private let words: WordTable
    private let merges: MergeTable
    /// The token of each byte; -1 where there is none.
    private let byteTokens: ConstantBuffer<Int32>
    private let addedTokens: AddedTokenMatcher
    private let scratches = ScratchPool()

    /// - Parameters:
    ///   - composes: Whether text is brought into Unicode's form C first.
    ///   - characters: The classes of characters that the pattern sees.
    ///   - wordTokens: Tokens that may be what a whole word becomes.
    ///   - ignoresMerges: Whether a word that is a token becomes that token even if its merges would not make it.
    init(
        vocabulary: Vocabulary, composes: Bool = false, preTokenizer: PreTokenizer,
        characters: CharacterTable = .shared, merges: MergeTable,
        byteTokens: [Int32],
        wordTokens: [TokenID], ignoresMerges: Bool, addedTokens: AddedTokenMatcher
    ) {
        precondition(byteTokens.count == 256, "every byte has an entry")
        self.vocabulary = vocabulary
        self.composes = composes
        self.preTokenizer = preTokenizer
        self.characters = characters
        self.merges = merges
        self.byteTokens = ConstantBuffer(byteTokens)
        self.addedTokens = addedTokens
        var wordTokens = wordTokens
        if !ignoresMerges {
            var merger = PairMerger()
            wordTokens.removeAll { token in
                let word = vocabulary.buffer(of: token)
                merger.reserve(word.count)
                var count = 0
                for byte in word where byteTokens[Int(byte)] >= 0 {
                    merger.symbols[count] = byteTokens[Int(byte)]
                    count += 1
                }
                return merger.merge(count, with: merges) != 1 || merger.symbols[0] != token.rawValue
            }
        }
        self.words = WordTable(wordTokens, of: vocabulary)
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
            let scratch = scratches.take()
            defer { scratches.giveBack(scratch) }
            let view = TextView(buffer, base, characters)
            switch preTokenizer {
            case .gpt2(let scanner): encode(view, specials, scanner, scratch, &tokens)
            case .cl100k(let scanner): encode(view, specials, scanner, scratch, &tokens)
            case .o200k(let scanner): encode(view, specials, scanner, scratch, &tokens)
            case .staged(let stages): encode(view, specials, StagedScanner(stages), scratch, &tokens)
            }
            scratch.flush(into: &tokens)
        }
    }

    private func encode<Scanner: WordScanner>(
        _ text: TextView, _ specials: [Range<Int>], _ scanner: Scanner, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        var scanner = scanner
        var position = 0
        var range = 0
        while let match = addedTokens.match(text, from: position, specials: specials, range: &range) {
            encodePart(text, position..<match.range.lowerBound, &scanner, scratch, &tokens)
            scratch.reserve(1, into: &tokens)
            scratch.append(match.id.rawValue)
            position = match.range.upperBound
        }
        encodePart(text, position..<text.count, &scanner, scratch, &tokens)
    }

    /// Encodes what lies between two added tokens.
    private func encodePart<Scanner: WordScanner>(
        _ text: TextView, _ part: Range<Int>, _ scanner: inout Scanner, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        guard composes, CanonicalComposition.shared.mayChange(text, part) else {
            encodeWords(text, part, &scanner, scratch, &tokens)
            return
        }
        CanonicalComposition.shared.normalized(text, part).withUnsafeBufferPointer { composed in
            guard let base = composed.baseAddress else { return }
            encodeWords(TextView(composed, base, characters), composed.indices, &scanner, scratch, &tokens)
        }
    }

    private func encodeWords<Scanner: WordScanner>(
        _ text: TextView, _ part: Range<Int>, _ scanner: inout Scanner, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        var position = part.lowerBound
        let limit = part.upperBound
        scanner.begin(limit: limit)
        while position < limit {
            let end = scanner.wordEnd(text, from: position, limit: limit)
            let length = end - position
            scratch.reserve(max(length, WordCache.maxTokens), into: &tokens)
            if length <= WordKey.maxLength {
                encodeShortWord(text, at: position, length, scratch)
            } else {
                encodeLongWord(UnsafeBufferPointer(start: text.bytes + position, count: length), scratch)
            }
            position = end
        }
    }

    @inline(__always)
    private func encodeShortWord(_ text: TextView, at position: Int, _ length: Int, _ scratch: EncodingScratch) {
        let bytes = text.bytes + position
        let key =
            position + 16 <= text.count
            ? WordKey(padded: bytes, length: length) : WordKey(exactly: bytes, length: length)
        let hash = key.hash
        let token = words.token(of: key, hash: hash)
        if token >= 0 {
            scratch.append(token)
        } else if let count = scratch.cache.copy(key, hash: hash, to: scratch.output + scratch.count) {
            scratch.count &+= count
        } else {
            let start = scratch.count
            merge(UnsafeBufferPointer(start: bytes, count: length), scratch)
            scratch.cache.store(key, hash: hash, scratch.output + start, count: scratch.count - start)
        }
    }

    private func encodeLongWord(_ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch) {
        let token = words.token(ofLong: word)
        if token >= 0 { scratch.append(token) } else { merge(word, scratch) }
    }

    /// Merges a word's bytes. Bytes that are no token are left out, as the reference does.
    private func merge(_ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch) {
        scratch.merger.reserve(word.count)
        var count = 0
        for byte in word {
            let token = byteTokens.elements[Int(byte)]
            guard token >= 0 else { continue }
            scratch.merger.symbols[count] = token
            count += 1
        }
        count = scratch.merger.merge(count, with: merges)
        for at in 0..<count { scratch.append(scratch.merger.symbols[at]) }
    }
}
