/// The text of a prompt, with the origin of its bytes.
package struct RenderedPrompt: Equatable, Sendable {
    /// UTF-8.
    package let bytes: [UInt8]
    /// The bytes that the template's own literals or the caller's trusted strings wrote: ascending, not empty, not
    /// adjacent. Everything else is the caller's input, in which no special token may be recognized.
    package let templateRanges: [Range<Int>]

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
