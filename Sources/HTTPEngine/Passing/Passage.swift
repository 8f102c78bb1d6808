/// What a client is to get for bytes of an upstream's answer.
package enum Passage: Sendable, Equatable {
    /// The bytes as they came.
    case unchanged
    /// These bytes in their place; maybe none.
    case replaced([UInt8])
}
