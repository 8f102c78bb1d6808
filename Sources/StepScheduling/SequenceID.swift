/// A sequence of the engine's KV cache: the KV of one token list, whose prefix other sequences may share.
package struct SequenceID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32
    package init(_ rawValue: Int32) { self.rawValue = rawValue }
    package var description: String { "s\(rawValue)" }
}
