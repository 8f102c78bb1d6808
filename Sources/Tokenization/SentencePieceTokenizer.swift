package import ServingModel

/// Byte-pair encoding of characters as SentencePiece has it, for Llama 2, Mistral, Gemma and others.
///
/// Spaces are the character U+2581 to the vocabulary. Neighbouring symbols that make a token are merged, the token of
/// the highest score first, or in the order of a list of merges. What is no token comes out byte by byte.
package final class SentencePieceTokenizer: Tokenizer {
    /// What differs between vocabularies.
    struct Rules {
        /// Whether a text, and what follows an added token, gets a space before it.
        var addsSpacePrefix = false
        /// Whether lines are merged apart from each other, and line ends too.
        var separatesLines = false
        /// Whether a row of line ends that is a token becomes it even if its merges would not make it.
        var looksUpNewlines = false
        /// Whether the vocabulary spells a space as U+2581.
        var escapesSpaces = true
        /// Whether no token has a space behind another character, so that texts can be cut before spaces.
        var cutsBeforeSpaces = false
    }

    package let vocabulary: Vocabulary
    private let rules: Rules
    private let symbols: CharacterSymbols
    private let merges: MergeTable
    /// The characters, as UTF-8, of the symbols that are no tokens; these are numbered from the vocabulary's end on.
    private let characters: [[UInt8]]
    /// The token of each byte; -1 where there is none.
    private let byteTokens: ConstantBuffer<Int32>
    /// The token of as many line ends as the index; -1 where there is none.
    private let newlineTokens: [Int32]
    private let addedTokens: AddedTokenMatcher
    private let scratches = ScratchPool()
    private static let space: UInt32 = 0x2581

    init(_ parts: SentencePieceBuilder.Parts, rules: Rules, addedTokens: AddedTokenMatcher) {
        vocabulary = parts.vocabulary
        symbols = parts.symbols
        merges = parts.merges
        characters = parts.characters
        byteTokens = ConstantBuffer(parts.byteTokens)
        newlineTokens = parts.newlineTokens
        self.rules = rules
        self.addedTokens = addedTokens
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
            let view = TextView(buffer, base)
            var position = part.lowerBound
            var range = AddedTokenMatcher.firstRange(of: specials, endingAfter: position)
            while position < part.upperBound,
                let match = addedTokens.match(view, from: position, specials: specials, range: &range)
            {
                encodePart(view, position..<match.range.lowerBound, scratch, &tokens)
                scratch.reserve(1, into: &tokens)
                scratch.append(match.id.rawValue)
                position = match.range.upperBound
            }
            if position < part.upperBound { encodePart(view, position..<part.upperBound, scratch, &tokens) }
            scratch.flush(into: &tokens)
        }
    }

    /// Encodes what lies between two added tokens.
    private func encodePart(
        _ text: TextView, _ part: Range<Int>, _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) {
        var position = part.lowerBound
        var needsPrefix = rules.addsSpacePrefix
        while position < part.upperBound {
            let end = wordEnd(text, from: position, limit: part.upperBound)
            // A prefix may come before the word, and a space may come out as the three bytes of U+2581.
            scratch.reserve(max(3 * (end - position + 1), WordCache.slack), into: &tokens)
            if needsPrefix {
                merge(text, position..<end, hasPrefix: true, scratch)
            } else if rules.looksUpNewlines, let token = newlineToken(text, position..<end) {
                scratch.append(token)
            } else {
                encodeWord(text, position..<end, scratch)
            }
            needsPrefix = false
            position = end
        }
    }

    private func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        guard rules.cutsBeforeSpaces || rules.separatesLines else { return limit }
        let isNewline = text.bytes[position] == 0x0A
        var end = position
        var isBehindText = false
        while end < limit {
            let byte = text.bytes[end]
            if rules.separatesLines, (byte == 0x0A) != isNewline { break }
            if rules.cutsBeforeSpaces {
                let isSpace = byte == 0x20 || Self.isEscapedSpace(text, at: end, limit: limit)
                if isSpace, isBehindText { break }
                isBehindText = !isSpace
                end += isSpace && byte != 0x20 ? 3 : 1
            } else {
                end += 1
            }
        }
        return end
    }

    @inline(__always)
    private static func isEscapedSpace(_ text: TextView, at position: Int, limit: Int) -> Bool {
        text.bytes[position] == 0xE2 && position + 2 < limit && text.bytes[position + 1] == 0x96
            && text.bytes[position + 2] == 0x81
    }

    private func newlineToken(_ text: TextView, _ word: Range<Int>) -> Int32? {
        guard text.bytes[word.lowerBound] == 0x0A, word.count < newlineTokens.count else { return nil }
        let token = newlineTokens[word.count]
        return token >= 0 ? token : nil
    }

    private func encodeWord(_ text: TextView, _ word: Range<Int>, _ scratch: EncodingScratch) {
        guard word.count <= WordKey.maxLength else {
            merge(text, word, hasPrefix: false, scratch)
            return
        }
        let bytes = text.bytes + word.lowerBound
        let key =
            word.lowerBound + 16 <= text.count
            ? WordKey(padded: bytes, length: word.count) : WordKey(exactly: bytes, length: word.count)
        let hash = key.hash
        let output = scratch.output + scratch.count
        var count = scratch.cache.copy(key, hash: hash, to: output)
        if count == 0 { count = scratch.cache.copyFromSecond(key, hash: hash, to: output) }
        if count == 0 { count = scratch.memo.copy(text.slice(word), hash: hash, to: output) }
        scratch.count &+= count
        guard count == 0 else { return }
        let start = scratch.count
        merge(text, word, hasPrefix: false, scratch)
        count = scratch.count - start
        guard !scratch.cache.store(key, hash: hash, scratch.output + start, count: count) else { return }
        scratch.memo.store(text.slice(word), hash: hash, scratch.output + start, count: count)
    }

    /// Merges a word's characters. Characters that no token has come out as bytes and keep their neighbours apart.
    private func merge(_ text: TextView, _ word: Range<Int>, hasPrefix: Bool, _ scratch: EncodingScratch) {
        scratch.merger.reserve(word.count + 1)
        var count = 0
        let spaceScalar = rules.escapesSpaces ? Self.space : 0x20
        if hasPrefix {
            scratch.merger.symbols[0] = symbols[Self.space]
            count = scratch.merger.symbols[0] < 0 ? 0 : 1
        }
        var position = word.lowerBound
        while position < word.upperBound {
            let character = text.character(at: position, limit: word.upperBound)
            let isMalformed = character.length == 1 && text.bytes[position] >= 0x80
            let symbol = isMalformed ? -1 : symbols[character.scalar == 0x20 ? spaceScalar : character.scalar]
            if symbol >= 0 {
                scratch.merger.symbols[count] = symbol
                count += 1
            } else {
                appendMerged(count, scratch)
                count = 0
                for at in position..<position + character.length { appendByte(text.bytes[at], scratch) }
            }
            position += character.length
        }
        appendMerged(count, scratch)
    }

    private func appendMerged(_ count: Int, _ scratch: EncodingScratch) {
        for at in 0..<scratch.merger.merge(count, with: merges) {
            let symbol = scratch.merger.symbols[at]
            if Int(symbol) < vocabulary.count {
                scratch.append(symbol)
            } else {
                for byte in characters[Int(symbol) - vocabulary.count] { appendByte(byte, scratch) }
            }
        }
    }

    private func appendByte(_ byte: UInt8, _ scratch: EncodingScratch) {
        let token = byteTokens.elements[Int(byte)]
        if token >= 0 {
            scratch.append(token)
        } else if let unknown = vocabulary.specials.unknown {
            scratch.append(unknown.rawValue)
        }
    }
}
