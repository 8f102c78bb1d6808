package import ServingModel

/// A tokenizer in which DNA between `<dna>` and `</dna>` is written in tokens of six bases.
///
/// Lower case counts as upper case; the last six are filled up with `A`; six characters that are no token become
/// `<oov>`. DNA goes on to the end of the text where nothing ends it. The rest is the other tokenizer's.
package final class HybridDNATokenizer: Tokenizer {
    /// The tokens that belong to DNA.
    struct Marks {
        let begin: TokenID
        let end: TokenID
        let outOfVocabulary: TokenID
        /// The tokens of six bases, by their bytes.
        let words: [[UInt8]: TokenID]
    }

    private static let length = 6
    private static let beginText = Array("<dna>".utf8)
    private static let endText = Array("</dna>".utf8)

    private let text: any Tokenizer
    private let marks: Marks
    private let addedTokens: AddedTokenMatcher

    package var vocabulary: Vocabulary { text.vocabulary }

    /// - Parameter text: The tokenizer of what is no DNA, which has no added tokens.
    init(text: any Tokenizer, marks: Marks, addedTokens: AddedTokenMatcher) {
        self.text = text
        self.marks = marks
        self.addedTokens = addedTokens
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            encode(UnsafeBufferPointer(start: view.bytes + part.lowerBound, count: part.count), into: &tokens)
        }
    }

    private func encode(_ part: UnsafeBufferPointer<UInt8>, into tokens: inout [TokenID]) {
        var position = 0
        while position < part.count {
            let begin = Self.index(of: Self.beginText, in: part, from: position)
            if begin > position {
                let words = UnsafeBufferPointer(rebasing: part[position..<begin])
                text.encode(words.span, specialsIn: [], into: &tokens)
            }
            guard begin < part.count else { return }
            tokens.append(marks.begin)
            let start = begin + Self.beginText.count
            let end = Self.index(of: Self.endText, in: part, from: start)
            encodeDNA(part[start..<end], into: &tokens)
            guard end < part.count else { return }
            tokens.append(marks.end)
            position = end + Self.endText.count
        }
    }

    private func encodeDNA(_ bases: Slice<UnsafeBufferPointer<UInt8>>, into tokens: inout [TokenID]) {
        for start in stride(from: bases.startIndex, to: bases.endIndex, by: Self.length) {
            var word = bases[start..<min(start + Self.length, bases.endIndex)].map { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
            }
            word += repeatElement(UInt8(ascii: "A"), count: Self.length - word.count)
            tokens.append(marks.words[word] ?? marks.outOfVocabulary)
        }
    }

    /// Where `mark` begins, from `position` on; the text's end if nowhere.
    private static func index(of mark: [UInt8], in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
        var at = position
        while at + mark.count <= text.count {
            if text[at] == mark[0], text[at..<at + mark.count].elementsEqual(mark) { return at }
            at += 1
        }
        return text.count
    }
}
