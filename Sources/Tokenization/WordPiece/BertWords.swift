/// The words of a text as BERT's pre-tokenizer has them: white space goes, and each punctuation character is one.
struct BertWords: Sequence, IteratorProtocol {
    private let text: TextView
    private var position: Int
    private let limit: Int

    init(_ text: TextView, _ part: Range<Int>) {
        self.text = text
        position = part.lowerBound
        limit = part.upperBound
    }

    mutating func next() -> Range<Int>? {
        position = text.end(of: .whiteSpace, from: position, limit: limit)
        guard position < limit else { return nil }
        let start = position
        let first = text.character(at: start, limit: limit)
        position += first.length
        if !first.kind.isAny(of: .bertPunctuation) {
            position = text.end(ofNone: [.whiteSpace, .bertPunctuation], from: position, limit: limit)
        }
        return start..<position
    }
}
