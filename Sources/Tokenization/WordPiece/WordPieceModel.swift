import ServingModel

/// BERT's model of words: each is cut into the longest piece that it begins with, the longest that continues it, and
/// so on; a word for which this fails is unknown as a whole.
///
/// It is Hugging Face's `WordPiece`. Pieces are given without the mark (`##`) by which a file tells those that continue
/// a word.
final class WordPieceModel: Sendable {
    struct Piece {
        let text: [UInt8]
        let token: TokenID
    }

    /// Words of more characters are unknown.
    static let usualCharacterLimit = 100

    private let starts: ByteTrie
    private let startTokens: [TokenID]
    private let continuations: ByteTrie
    private let continuationTokens: [TokenID]
    private let unknown: TokenID?
    private let characterLimit: Int

    /// - Parameters:
    ///   - starts: Pieces that words begin with; of equal ones the last counts.
    ///   - continuations: Pieces that stand behind another in a word.
    ///   - unknown: The token of words that are no pieces; they are left out if it is nil.
    init(
        starts: [Piece], continuations: [Piece], unknown: TokenID?, characterLimit: Int = usualCharacterLimit
    ) {
        self.starts = ByteTrie(starts.map(\.text))
        startTokens = starts.map(\.token)
        self.continuations = ByteTrie(continuations.map(\.text))
        continuationTokens = continuations.map(\.token)
        self.unknown = unknown
        self.characterLimit = characterLimit
    }

    /// Appends the tokens of one word. O(word · longest piece), O(1) for words that are too long.
    func encode(_ word: UnsafeBufferPointer<UInt8>, into tokens: inout [TokenID]) {
        guard !word.isEmpty else { return }
        let first = tokens.count
        // A character has at most four bytes.
        let mayFit = word.count <= 4 * characterLimit
        guard mayFit, word.count(where: { $0 & 0xC0 != 0x80 }) <= characterLimit else {
            appendUnknown(to: &tokens)
            return
        }
        var position = 0
        while position < word.count {
            let isStart = position == 0
            guard let match = (isStart ? starts : continuations).longestMatch(word, from: position) else {
                tokens.removeSubrange(first...)
                appendUnknown(to: &tokens)
                return
            }
            tokens.append((isStart ? startTokens : continuationTokens)[Int(match.value)])
            position = match.end
        }
    }

    private func appendUnknown(to tokens: inout [TokenID]) {
        if let unknown { tokens.append(unknown) }
    }
}
