package import ServingModel

/// Byte-level byte-pair encoding, as GPT-2, Llama 3, Qwen, SmolLM and most others have it.
///
/// A text is cut at its added tokens, each part into words by the model's pattern, and each word's bytes are merged
/// pair by pair in the order of the merges' ranks. Most words were there before, or are one token: they are looked up.
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
    private let cuts: SafeCuts
    /// Marks parts of words where a word that is a token may become it though its merges would not make it.
    private let partMark: UInt64
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
        merges.complete(byteTokens)
        self.merges = merges
        self.byteTokens = ConstantBuffer(byteTokens)
        self.addedTokens = addedTokens
        self.cuts = SafeCuts(vocabulary)
        self.partMark = ignoresMerges ? WordKey.part : 0
        var wordTokens = wordTokens
        if !ignoresMerges {
            var merger = PairMerger()
            wordTokens.removeAll { token in
                let word = vocabulary.buffer(of: token)
                return merger.merge(word, byteTokens, with: merges) != 1 || merger.symbols[0] != token.rawValue
            }
        }
        self.words = WordTable(wordTokens, of: vocabulary)
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        encode(text, 0..<text.count, specialsIn: specials, into: &tokens)
    }

    package var restartLookahead: Int { addedTokens.lookahead }

    package func restart(_ text: Span<UInt8>, after position: Int, specialsIn specials: [Range<Int>]) -> Int? {
        addedTokens.restart(text, after: position, specialsIn: specials)
    }

    package func encode(
        _ text: Span<UInt8>, _ part: Range<Int>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]
    ) {
        text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, !part.isEmpty else { return }
            let scratch = scratches.take()
            defer { scratches.giveBack(scratch) }
            let view = TextView(buffer, base, characters)
            switch preTokenizer {
            case .gpt2(let scanner): encode(view, part, specials, scanner, scratch, &tokens)
            case .cl100k(let scanner): encode(view, part, specials, scanner, scratch, &tokens)
            case .o200k(let scanner): encode(view, part, specials, scanner, scratch, &tokens)
            case .deepSeek(let scanner): encode(view, part, specials, scanner, scratch, &tokens)
            case .staged(let stages): encode(view, part, specials, StagedScanner(stages), scratch, &tokens)
            }
            scratch.flush(into: &tokens)
        }
    }

    private func encode<Scanner: WordScanner>(
        _ text: TextView, _ part: Range<Int>, _ specials: [Range<Int>], _ scanner: Scanner,
        _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) {
        var scanner = scanner
        var position = part.lowerBound
        var range = AddedTokenMatcher.firstRange(of: specials, endingAfter: position)
        while position < part.upperBound,
            let match = addedTokens.match(text, from: position, specials: specials, range: &range)
        {
            encodePart(text, position..<match.range.lowerBound, &scanner, scratch, &tokens)
            scratch.reserve(1, into: &tokens)
            scratch.append(match.id.rawValue)
            position = match.range.upperBound
        }
        guard position < part.upperBound else { return }
        encodePart(text, position..<part.upperBound, &scanner, scratch, &tokens)
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
        if scanner.readsBlocks(of: text, limit: limit) {
            position = encodeBlocks(text, from: position, limit: limit, &scanner, scratch, &tokens)
            guard position < limit else { return }
            let end = scratch.padded(text, position..<limit)
            position = encodeBlocks(end, from: 0, limit: limit - position, &scanner, scratch, &tokens)
            return
        }
        while position < limit {
            let end = scanner.wordEnd(text, from: position, limit: limit)
            scratch.reserve(end - position + EncodingScratch.slack, into: &tokens)
            scratch.count += encodeWord(text, position..<end, scratch, to: scratch.output + scratch.count)
            position = end
        }
    }

    /// Encodes words as long as the text is readable behind them; the end of the last.
    private func encodeBlocks<Scanner: WordScanner>(
        _ text: TextView, from start: Int, limit: Int, _ scanner: inout Scanner, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) -> Int {
        var position = start
        var encoded = start
        var next = scratch.words
        let full = next + EncodingScratch.wordsMax - TextBlock.readableBytes
        while position < limit, position + EncodingScratch.readableBytes <= text.count {
            var starts: UInt64 = 0
            // Nothing that begins with such a byte is known to blocks.
            if text.bytes[position] < 0xCC, text.bytes[position + 1] < 0xCC {
                starts = scanner.starts(in: TextBlock(text.bytes + position, count: limit - position))
            }
            if starts != 0 {
                collectWords(text, from: position, starts, scratch.cache, &next)
                position += 63 &- starts.leadingZeroBitCount
                if next < full { continue }
            }
            encodePending(text, from: &encoded, until: &next, scratch, &tokens)
            guard starts == 0 else { continue }
            let end = scanner.wordEnd(text, from: position, limit: limit)
            scratch.reserve(end - position + EncodingScratch.slack, into: &tokens)
            scratch.count += encodeWord(text, position..<end, scratch, to: scratch.output + scratch.count)
            position = end
            encoded = end
        }
        encodePending(text, from: &encoded, until: &next, scratch, &tokens)
        return position
    }

    /// Appends the words of a block that end where others start, and lets the cache's lines for them be on their way.
    @inline(__always)
    private func collectWords(
        _ text: TextView, from start: Int, _ starts: UInt64, _ cache: WordCache,
        _ next: inout UnsafeMutablePointer<EncodingScratch.PendingWord>
    ) {
        var starts = starts
        var position = start
        repeat {
            let end = start &+ starts.trailingZeroBitCount
            starts &= starts &- 1
            let length = end &- position
            var key = WordKey.none
            var hash: UInt64 = 0
            if length <= WordKey.maxLength {
                key = WordKey(padded: text.bytes + position, length: length)
                hash = key.hash
                cache.prefetch(hash: hash)
            }
            next.pointee = .init(key: key, hash: hash, end: end)
            next += 1
            position = end
        } while starts != 0
    }

    /// Encodes the words that were collected, of which the first begins at `start`.
    @inline(__always)
    private func encodePending(
        _ text: TextView, from start: inout Int, until next: inout UnsafeMutablePointer<EncodingScratch.PendingWord>,
        _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) {
        var word = scratch.words
        guard word < next else { return }
        let cache = scratch.cache
        scratch.reserve(next[-1].end - start + EncodingScratch.slack, into: &tokens)
        let first = scratch.output + scratch.count
        var output = first
        var position = start
        repeat {
            let end = word.pointee.end
            var count = cache.copy(word.pointee.key, hash: word.pointee.hash, to: output)
            if count == 0 {
                count = encodeRareWord(
                    text, position..<end, word.pointee.key, word.pointee.hash, scratch, to: output)
            }
            output += count
            position = end
            word += 1
        } while word < next
        scratch.count &+= output - first
        start = position
        next = scratch.words
    }

    // MARK: Words

    // These write a word's tokens, and perhaps more that mean nothing, and give their number.

    @inline(__always)
    private func encodeWord(
        _ text: TextView, _ word: Range<Int>, _ scratch: EncodingScratch, to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        guard word.count <= WordKey.maxLength else { return encodeLongWord(text, word, scratch, to: output) }
        return encodeShortWord(text, word, mark: 0, scratch, to: output)
    }

    /// The beginning of a short word from which 16 bytes are readable.
    @inline(__always)
    private func readable(_ text: TextView, _ word: Range<Int>, _ scratch: EncodingScratch) -> UnsafePointer<UInt8> {
        word.lowerBound + WordKey.readableBytes <= text.count
            ? text.bytes + word.lowerBound : scratch.padded(text, word).bytes
    }

    @inline(__always)
    private func encodeShortWord(
        _ text: TextView, _ word: Range<Int>, mark: UInt64, _ scratch: EncodingScratch,
        to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let key = WordKey(padded: readable(text, word, scratch), length: word.count, mark: mark)
        let hash = key.hash
        let count = scratch.cache.copy(key, hash: hash, to: output)
        return count > 0 ? count : encodeRareWord(text, word, key, hash, scratch, to: output)
    }

    /// Encodes a word that the cache does not have, or one that is too long for a key.
    @inline(never)
    private func encodeRareWord(
        _ text: TextView, _ word: Range<Int>, _ key: WordKey, _ hash: UInt64, _ scratch: EncodingScratch,
        to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        if key == .none { return encodeLongWord(text, word, scratch, to: output) }
        var count = scratch.cache.copyFromSecond(key, hash: hash, to: output)
        if count > 0 { return count }
        let bytes = text.slice(word)
        let token = words.token(of: key, hash: hash)
        if token >= 0 {
            output[0] = token
            count = 1
        } else {
            let memoHash = WordMemo.hash(bytes, mark: key.high)
            count = scratch.memo.copy(bytes, hash: memoHash, to: output)
            if count > 0 { return count }
            count = merge(bytes, scratch, to: output)
            if count > WordCache.maxTokens { scratch.memo.store(bytes, hash: memoHash, output, count: count) }
        }
        if (1...WordCache.maxTokens).contains(count) { scratch.cache.store(key, hash: hash, output, count: count) }
        return count
    }

    @inline(never)
    private func encodeLongWord(
        _ text: TextView, _ word: Range<Int>, _ scratch: EncodingScratch, to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let bytes = text.slice(word)
        let hash = WordMemo.hash(bytes, mark: 0)
        var count = scratch.memo.copy(bytes, hash: hash, to: output)
        if count > 0 { return count }
        count = encodeNewWord(text, word, scratch, to: output)
        scratch.memo.store(bytes, hash: hash, output, count: count)
        return count
    }

    /// Encodes a long word part by part, cut where it is safe.
    private func encodeNewWord(
        _ text: TextView, _ word: Range<Int>, _ scratch: EncodingScratch, to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let token = words.token(ofLong: text.slice(word))
        if token >= 0 {
            output[0] = token
            return 1
        }
        var output = output
        let first = output
        var start = word.lowerBound
        var position = start
        var left: UInt32 = 0
        while position < word.upperBound {
            let character = cuts.character(text, at: position, limit: word.upperBound)
            if left | character.code >= 0x80, cuts.isSafe(left, character.code) {
                output += encodePart(text, start..<position, scratch, to: output)
                start = position
            }
            left = character.code
            position += character.length
        }
        output += encodePart(text, start..<word.upperBound, scratch, to: output)
        return output - first
    }

    /// Encodes a part of a word, which is never a word of its own.
    @inline(__always)
    private func encodePart(
        _ text: TextView, _ part: Range<Int>, _ scratch: EncodingScratch, to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        if part.count <= WordKey.maxLength {
            return encodeShortWord(text, part, mark: partMark, scratch, to: output)
        }
        let bytes = text.slice(part)
        let hash = WordMemo.hash(bytes, mark: WordKey.part)
        var count = scratch.memo.copy(bytes, hash: hash, to: output)
        if count > 0 { return count }
        count = merge(bytes, scratch, to: output)
        scratch.memo.store(bytes, hash: hash, output, count: count)
        return count
    }

    /// Merges a word's bytes. Bytes that are no token are left out, as the reference does.
    private func merge(
        _ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch, to output: UnsafeMutablePointer<Int32>
    ) -> Int {
        let count = scratch.merger.merge(word, byteTokens.elements, with: merges)
        output.update(from: scratch.merger.symbols, count: count)
        return count
    }
}
