/// What the parser holds at most; beyond a limit, what was held is text.
enum OutputLimits {
    /// White space that waits for what follows it, since none is delivered before a marker.
    static let spaceBytes = 1024
    /// The name of a call with what stands around it, the key of a member, the header of a message.
    static let headerBytes = 1024
    /// The text of a call whose name is not known yet, or of one argument whose type is known only at its end.
    static let heldBytes = 1 << 20
    /// Arrays and objects inside each other.
    static let depth = 128
}
