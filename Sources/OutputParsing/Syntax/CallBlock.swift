/// A stretch of an answer that holds calls: how it begins and ends, and what a call looks like inside.
struct CallBlock: Sendable {
    /// What a call is.
    enum Body: Sendable {
        /// A JSON object with members for the name and the arguments.
        case object(ObjectSyntax)
        /// A name, then the arguments as one value.
        case named(NamedSyntax)
        /// A name, then each argument on its own, as untyped text between tags.
        case tagged(TaggedSyntax)
        /// A name, then each argument as an element that may hold others.
        case nested(NestedSyntax)
    }

    /// What begins the block. Without any, the block is the whole answer, from its first byte.
    var opens: [Marker] = []
    /// What ends the block; without any it ends where no other call follows.
    var closes: [Marker] = []
    /// What begins a call inside the block.
    var itemOpen: Marker?
    /// Whether models leave out the block's markers and write the calls alone.
    var itemOpensBlock = false
    /// Whether the calls may, and in a block without `opens` and braces must, stand in one list in brackets.
    var list = List.optional
    var body: Body
    /// Whether only what names a tool of the request is a call, because the opening is found around other text too. A
    /// block without `opens` always needs that.
    var needsKnownTool = false

    enum List: Sendable { case never, optional, required }

    /// Whether the block begins with the answer itself.
    var isBare: Bool { opens.isEmpty && itemOpen == nil }

    /// Whether a block without markers may begin with this byte.
    func mayBeginBare(with byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "["): list != .never
        case UInt8(ascii: "{"): list != .required
        default: false
        }
    }
}
