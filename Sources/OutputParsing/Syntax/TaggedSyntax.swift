/// A call as a name and then each argument between tags, its value as plain text:
/// `<function=get_weather><parameter=city>Oslo</parameter></function>`.
struct TaggedSyntax: Sendable {
    /// What a format itself says of a value's type, between the key and the value.
    enum TypeNote: Sendable {
        /// Nothing: the tool's schema decides.
        case none
        /// An attribute that ends with the marker; its text is `string` or `true` for a string.
        case attribute(end: Marker)
    }

    var header: HeaderSyntax
    var keyOpen: Marker
    var keyClose: Marker
    var typeNote = TypeNote.none
    /// What begins the value, if that is more than the end of the key.
    var valueOpen: Marker?
    var valueClose: Marker
    /// What makes the rest of a value verbatim, up to its own end together with `valueClose`.
    var verbatim: (open: Marker, close: Marker)?
    /// Whether one line feed after the opening tag and one before the closing tag are no part of the value.
    var trimsLineFeeds = false
    /// What ends the call.
    var close: Marker
}
