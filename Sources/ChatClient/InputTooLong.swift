/// An input that is longer than its limit.
package struct InputTooLong: Error, Equatable, CustomStringConvertible {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    package var description: String { "a message may have \(bytes) bytes at most" }
}
