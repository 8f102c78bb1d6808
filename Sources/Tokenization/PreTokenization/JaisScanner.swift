/// Jais 2's pattern: that of Llama 3 but for white space, which is taken in powers of two:
/// `…|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|…|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}`.
///
/// It remembers where the white space that it is in ends, so that none is looked at for each word.
struct JaisScanner: WordScanner {
    private var words = CL100KScanner()
    /// Up to here there is white space without a newline.
    private var plainEnd = 0

    mutating func begin(limit: Int) { plainEnd = 0 }

    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        let character = text.character(at: position, limit: limit)
        let behind = position + character.length
        let isRun =
            character.kind.isAny(of: .whiteSpace)
            && (behind == limit || text.kind(at: behind, limit: limit).isAny(of: .whiteSpace))
        guard isRun else { return words.wordEnd(text, from: position, limit: limit) }
        if position >= plainEnd {
            let end = text.end(of: .whiteSpace, from: position, limit: limit)
            var newlinesEnd = end
            while newlinesEnd > position, !isNewline(text.bytes[newlinesEnd - 1]) { newlinesEnd -= 1 }
            if newlinesEnd > position { return newlinesEnd }
            plainEnd = end
        }
        return spacesEnd(text, from: position, isAtEnd: plainEnd == limit)
    }

    private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The end of the longest of the runs that leaves a space before other text.
    private func spacesEnd(_ text: TextView, from position: Int, isAtEnd: Bool) -> Int {
        // The end of as many characters as the index, as far as it matters.
        var ends = [position]
        while ends.count <= 513, let end = ends.last, end < plainEnd {
            ends.append(end + text.character(at: end, limit: plainEnd).length)
        }
        let count = ends.count - 1
        let length = [512, 256, 128, 64, 32, 16, 8, 4, 2].first { count > $0 || count == $0 && isAtEnd }
        return ends[length ?? 1]
    }
}
