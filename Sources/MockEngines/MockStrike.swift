/// A misbehaviour with its place in an answer.
package struct MockStrike: Sendable, Equatable {
    package var kind: Misbehaviour
    /// How many tokens of each choice go out before; for misbehaviours in the middle of an answer.
    package var afterTokens: Int

    package init(_ kind: Misbehaviour, afterTokens: Int = 0) {
        self.kind = kind
        self.afterTokens = afterTokens
    }
}
