/// An answer as a series of messages, each with a header that says whom it is for.
struct ChannelSyntax: Sendable {
    /// What headers look like.
    enum Dialect: Sendable {
        /// `<|start|>assistant<|channel|>commentary to=functions.NAME <|constrain|>json`
        case harmony
        /// `<|start|>assistant to=NAME`, where `self` is for reasoning and `user` for the answer.
        case recipient
        /// `NAME`, where `all` is for the answer.
        case bareName
    }

    var dialect: Dialect
    /// What begins a header.
    var opens: [Marker]
    /// What ends the header and begins the message.
    var headerEnd: Marker
    /// What ends a message.
    var closes: [Marker] = []
}
