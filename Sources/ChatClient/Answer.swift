/// An answer as far as it has come, and how fast it came.
///
/// Time is given as what has passed since the request was sent.
package struct Answer: Equatable, Sendable {
    package private(set) var text = ""
    /// Why the answer ended; nil if it hasn't, or was stopped.
    package private(set) var finishReason: String?
    package private(set) var usage: ChatUsage?
    /// Chunks that bore text, which is how tokens are counted when the server doesn't say.
    private var pieces = 0
    private var first: Duration?
    private var last = Duration.zero

    package init() {}

    package mutating func append(_ chunk: ChatChunk, at elapsed: Duration) {
        text += chunk.content
        finishReason = chunk.finishReason ?? finishReason
        usage = chunk.usage ?? usage
        guard !chunk.content.isEmpty || !chunk.reasoning.isEmpty else { return }
        pieces += 1
        first = first ?? elapsed
        last = elapsed
    }

    /// The tokens of the answer: what the server says, or else its pieces.
    package var tokens: Int { usage?.completionTokens ?? pieces }

    /// Tokens a second after the first one, or from the request on if they all came in one piece; nil if there is
    /// nothing to tell from.
    package var tokensPerSecond: Double? {
        guard let first, tokens > 0 else { return nil }
        let (counted, took) = pieces > 1 ? (tokens - 1, last - first) : (tokens, last)
        guard counted > 0, took > .zero else { return nil }
        return Double(counted) / (took / .seconds(1))
    }

    /// One line for people.
    package var statistics: String {
        guard let first else { return "no text" }
        var parts = ["\(usage == nil ? "about " : "")\(tokens) token\(tokens == 1 ? "" : "s")"]
        if let rate = tokensPerSecond { parts.append("\(Self.decimal(rate, places: 1)) tokens/s") }
        parts.append("first after \(Self.decimal(first / .seconds(1), places: 2)) s")
        if let usage {
            let cached = usage.cachedTokens.map { " (\($0) cached)" } ?? ""
            parts.append("prompt \(usage.promptTokens)\(cached)")
        }
        switch finishReason {
        case "stop", nil: break
        case "length": parts.append("cut at the token limit")
        case let reason?: parts.append("ended by \(reason)")
        }
        return parts.joined(separator: ", ")
    }

    /// A number that is not negative, rounded, and cut at a thousand million, which nothing real reaches.
    private static func decimal(_ value: Double, places: Int) -> String {
        let scale = places == 1 ? 10 : 100
        let scaled = Int((min(value, 1e9) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
    }
}
