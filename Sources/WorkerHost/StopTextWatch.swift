import ServingModel
import Tokenization

/// Looks for stop texts in a choice's tokens as they come.
struct StopTextWatch {
    private let stops: [(text: String, bytes: [UInt8])]
    /// Tokens whose text is not looked at.
    private let minTokens: Int
    private var detokenizer: StreamingDetokenizer
    private var count = 0
    /// The end of the text so far, too short to hold a stop text.
    private var tail: [UInt8] = []
    private let tailBytes: Int

    init(_ stops: [String], minTokens: Int, vocabulary: Vocabulary, showsControlTokens: Bool) {
        self.stops = stops.map { ($0, Array($0.utf8)) }
        self.minTokens = minTokens
        detokenizer = StreamingDetokenizer(vocabulary, showsControlTokens: showsControlTokens)
        tailBytes = max((self.stops.map(\.bytes.count).max() ?? 1) - 1, 0)
    }

    /// The first of the stop texts that the text holds with this token. O(stop texts × their length × the token's).
    mutating func append(_ token: TokenID) -> String? {
        var text = tail
        detokenizer.append(token, to: &text)
        count += 1
        guard count > minTokens else { return nil }
        let found = stops.first { Self.contains($0.bytes, in: text) }
        tail = Array(text.suffix(tailBytes))
        return found?.text
    }

    private static func contains(_ part: [UInt8], in text: [UInt8]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
    }
}
