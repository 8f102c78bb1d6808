/// How likely a mock engine misbehaves in which way.
package struct MisbehaviourOdds: Sendable {
    /// A text that does not say odds.
    package struct Invalid: Error, CustomStringConvertible {
        package let description: String
    }

    /// The odds of generations, added up, and of health checks.
    private var generation: [(below: Double, kind: Misbehaviour)] = []
    private(set) var unhealthy = 0.0

    /// Never.
    package init() {}

    /// Reads a text like `reset=0.01,unavailable=0.005`: names of `Misbehaviour.named` with probabilities of a call.
    package init(_ text: String) throws(Invalid) {
        var sum = 0.0
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let kind = Misbehaviour.named.first(where: { $0.name == pair[0] })?.value else {
                let names = Misbehaviour.named.map(\.name).joined(separator: ", ")
                throw Invalid(description: "'\(part)' is no NAME=PROBABILITY; the names are \(names)")
            }
            guard let odds = Double(pair[1]), (0...1).contains(odds) else {
                throw Invalid(description: "'\(pair[1])' is no probability from 0 to 1")
            }
            if kind == .unhealthy {
                unhealthy = odds
            } else {
                sum += odds
                generation.append((sum, kind))
            }
        }
        guard sum <= 1 else { throw Invalid(description: "the probabilities add up to \(sum)") }
    }

    /// What befalls a generation, for a draw in [0, 1).
    func strike(_ draw: Double) -> Misbehaviour? { generation.first { draw < $0.below }?.kind }
}
