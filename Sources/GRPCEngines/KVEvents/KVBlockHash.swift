/// An engine's own name of a block of its cache: 64 bits whose sign means nothing.
package struct KVBlockHash: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64
    package init(_ rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
}
