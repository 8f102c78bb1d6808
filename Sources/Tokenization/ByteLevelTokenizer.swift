internal import CByteScanning
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
    let words: WordTable
    let merges: ByteMerges
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
    ) throws(TokenizationError) {
        precondition(byteTokens.count == 256, "every byte has an entry")
        self.vocabulary = vocabulary
        self.composes = composes
        self.preTokenizer = preTokenizer
        self.characters = characters
        let reachable = ReachableMerges(merges, byteTokens: byteTokens)
        self.merges = try ByteMerges(reachable, byteTokens: byteTokens)
        self.addedTokens = addedTokens
        self.cuts = SafeCuts(vocabulary)
        self.partMark = ignoresMerges ? WordKey.part : 0
        let made = Set(byteTokens + reachable.entries.map(\.token))
        self.words = WordTable(
            ignoresMerges ? wordTokens : wordTokens.filter { made.contains($0.rawValue) }, of: vocabulary)
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
            scratch.begin(bytes: part.count)
            let view = TextView(buffer, base, characters)
            switch preTokenizer {
            case .gpt2(var scanner): encode(view, part, specials, &scanner, scratch, &tokens)
            case .cl100k(var scanner): encode(view, part, specials, &scanner, scratch, &tokens)
            case .o200k(var scanner): encode(view, part, specials, &scanner, scratch, &tokens)
            case .deepSeek(var scanner): encode(view, part, specials, &scanner, scratch, &tokens)
            case .staged(let stages):
                // Kept with the scratch for the memory that it has.
                var scanner = scratch.stagedScanner.take() ?? StagedScanner(stages)
                encode(view, part, specials, &scanner, scratch, &tokens)
                scratch.stagedScanner = scanner
            }
            scratch.flush(into: &tokens)
        }
    }

    private func encode<Scanner: WordScanner>(
        _ text: TextView, _ part: Range<Int>, _ specials: [Range<Int>], _ scanner: inout Scanner,
        _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) {
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
        CanonicalComposition.shared.normalize(text, part, &scratch.composition)
        scratch.composition.bytes.withUnsafeBufferPointer { composed in
            guard let base = composed.baseAddress else { return }
            encodeWords(TextView(composed, base, characters), composed.indices, &scanner, scratch, &tokens)
        }
    }

    private func encodeWords<Scanner: WordScanner>(
        _ text: TextView, _ part: Range<Int>, _ scanner: inout Scanner, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        var waiting = PendingWords(scratch)
        let limit = part.upperBound
        scanner.begin(limit: limit)
        var position = part.lowerBound
        if scanner.readsBlocks(of: text, limit: limit) {
            position = collectBlocks(text, from: position, limit: limit, &scanner, &waiting, scratch, &tokens)
            if position < limit {
                let end = scratch.padded(text, position..<limit)
                _ = collectBlocks(end, from: 0, limit: limit - position, &scanner, &waiting, scratch, &tokens)
            }
        } else {
            while position < limit {
                let end = scanner.wordEnd(text, from: position, limit: limit)
                collect(text, position..<end, &waiting, scratch, &tokens)
                position = end
            }
        }
        encode(&waiting, scratch, into: &tokens)
    }

    // MARK: Cutting

    /// Collects words as long as the text is readable behind them; the end of the last.
    private func collectBlocks<Scanner: WordScanner>(
        _ text: TextView, from start: Int, limit: Int, _ scanner: inout Scanner, _ waiting: inout PendingWords,
        _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) -> Int {
        var position = start
        while position < limit, position + EncodingScratch.readableBytes <= text.count {
            var starts: UInt64 = 0
            // Nothing that begins with such a byte is known to blocks.
            if text.bytes[position] < 0xCC, text.bytes[position + 1] < 0xCC {
                starts = scanner.starts(in: TextBlock(text.bytes + position, count: limit - position))
            }
            if starts == 0 {
                let end = scanner.wordEnd(text, from: position, limit: limit)
                collect(text, position..<end, &waiting, scratch, &tokens)
                position = end
                continue
            }
            if waiting.isFull { encode(&waiting, scratch, into: &tokens) }
            position = collectWords(text, from: position, starts, &waiting, scratch)
        }
        return position
    }

    /// Collects the words of a block that end where others start; the end of the last.
    @inline(__always)
    private func collectWords(
        _ text: TextView, from start: Int, _ starts: UInt64, _ waiting: inout PendingWords, _ scratch: EncodingScratch
    ) -> Int {
        let cache = scratch.cache
        // A copy, so that it is kept in registers.
        var words = waiting
        var starts = starts
        var position = start
        repeat {
            let end = start &+ starts.trailingZeroBitCount
            starts &= starts &- 1
            let length = end &- position
            let bytes = text.bytes + position
            if length <= WordKey.maxLength {
                words.append(WordKey(padded: bytes, length: length), bytes, length, cache)
            } else if let run = WordKey(runOf: bytes, length: length) {
                words.append(run, bytes, length, cache)
            } else {
                words.append(withoutKey: bytes, length, mark: 0)
            }
            position = end
        } while starts != 0
        waiting = words
        return position
    }

    /// Collects a word, and encodes those that wait if they are many.
    @inline(__always)
    private func collect(
        _ text: TextView, _ word: Range<Int>, _ waiting: inout PendingWords, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        if word.count <= WordKey.maxLength {
            collectPart(text, word, mark: 0, &waiting, scratch, &tokens)
        } else {
            collectLong(text, word, &waiting, scratch, &tokens)
        }
    }

    /// Collects the parts of a long word, cut where it is safe. A run is not cut.
    private func collectLong(
        _ text: TextView, _ word: Range<Int>, _ waiting: inout PendingWords, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        let bytes = text.bytes + word.lowerBound
        if let run = WordKey(runOf: bytes, length: word.count) {
            if waiting.isFull { encode(&waiting, scratch, into: &tokens) }
            waiting.append(run, bytes, word.count, scratch.cache)
            return
        }
        var start = word.lowerBound
        var position = start
        var left: UInt32 = 0
        while position < word.upperBound {
            let found = cuts.cuts(text, from: position, limit: word.upperBound, behind: left)
            var rest = found.cuts
            while rest != 0 {
                let cut = position &+ rest.trailingZeroBitCount
                rest &= rest &- 1
                collectPart(text, start..<cut, mark: partMark, &waiting, scratch, &tokens)
                start = cut
            }
            position = Int(found.end)
            left = found.left
        }
        let mark = start == word.lowerBound ? 0 : partMark
        collectPart(text, start..<word.upperBound, mark: mark, &waiting, scratch, &tokens)
    }

    @inline(__always)
    private func collectPart(
        _ text: TextView, _ part: Range<Int>, mark: UInt64, _ waiting: inout PendingWords, _ scratch: EncodingScratch,
        _ tokens: inout [TokenID]
    ) {
        if waiting.isFull { encode(&waiting, scratch, into: &tokens) }
        let bytes = text.bytes + part.lowerBound
        if part.count > WordKey.maxLength {
            waiting.append(withoutKey: bytes, part.count, mark: mark)
            return
        }
        let key =
            part.lowerBound + WordKey.readableBytes <= text.count
            ? WordKey(padded: bytes, length: part.count, mark: mark)
            : WordKey(exactly: bytes, length: part.count, mark: mark)
        waiting.append(key, bytes, part.count, scratch.cache)
    }
}
