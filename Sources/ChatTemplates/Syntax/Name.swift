/// A name that a template mentions, or a key that it looks up.
final class Name: Sendable {
    let text: Text
    let string: String
    let isASCII: Bool
    /// Whether it begins with an underscore, which the sandbox hides.
    let isPrivate: Bool
    /// The method that an attribute of this name may be.
    let method: Method?
    /// What an attribute of this name of the special variable `loop` is.
    let loopAttribute: LoopAttribute?

    init(_ string: String) {
        text = Text(string, .template)
        self.string = string
        isPrivate = text.bytes.first == UInt8(ascii: "_")
        isASCII = CodePoints.isASCII(text.bytes)
        method = Method(rawValue: string)
        loopAttribute = LoopAttribute(rawValue: string)
    }
}
