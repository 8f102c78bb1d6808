/// The bounds of keys and of the files that hold them.
package enum KeyLimits {
    /// Keys that could be guessed are refused, and so are words that stand where a key was forgotten.
    package static let keyBytes = 8...512
    package static let nameBytes = 1...64
    package static let keys = 10_000
    package static let fileBytes = 4 << 20
}
