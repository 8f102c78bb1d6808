/// How a vocabulary's tokens become a text, where that is more than putting their bytes behind each other.
struct Decoding: Sendable, Equatable {
    /// What becomes of bytes that are no characters. It comes out as U+FFFD.
    enum Malformed: Sendable {
        /// Tokens are bytes, and bytes of one join those of the next. One for each longest part that could have begun
        /// a character, as Python's `bytes.decode(errors="replace")` has it.
        case perPart
        /// Byte tokens join each other, other tokens are characters. One for each byte, as SentencePiece has it.
        case perByte
        /// As `perByte`, but one bad byte spoils all byte tokens beside it, as Hugging Face's `ByteFallback` has it.
        case perRun
    }

    /// What the beginning of a whole text loses, because encoding put it there.
    enum Leading: Sendable, Equatable {
        case nothing
        /// At most this many spaces.
        case spaces(Int)
        /// One space of each token as long as there is no text.
        case spacePerToken
    }

    var malformed = Malformed.perPart
    var leading = Leading.nothing
    /// Whether a space at the end belongs to a token that is still to come.
    var holdsTrailingSpace = false
    /// Whether the token for unknown text is shown.
    var showsUnknown = false

    static let plain = Decoding()

    /// The decoding of vocabularies of which `encode` puts a space before a text.
    static func afterSpace(_ addsSpace: Bool) -> Decoding {
        var decoding = Decoding()
        if addsSpace { decoding.leading = .spaces(1) }
        return decoding
    }
}
