extension Text {
    /// The text as markup, which is what the filters `safe` and `escape` give: text that is joined to it is escaped.
    ///
    /// Templates that use `safe` for no purpose get that escaping from Jinja2, too, though autoescaping is off.
    func markup(_ isMarkup: Bool = true) -> Text {
        isMarkup == self.isMarkup ? self : Text(bytes, origin, isMarkup: isMarkup)
    }

    /// The text as markup, with the characters that mean something there escaped unless it is markup already.
    var escaped: Text {
        guard !isMarkup, bytes.contains(where: { Text.entity(for: $0) != nil }) else { return markup() }
        var builder = TextBuilder(reserving: bytes.count + 16)
        var start = 0
        for (at, byte) in bytes.enumerated() {
            guard let entity = Text.entity(for: byte) else { continue }
            builder.append(self, start..<at)
            if case .template = origin {
                builder.append(Text("\(entity)", .template))
            } else {
                builder.appendInput("\(entity)".utf8)
            }
            start = at + 1
        }
        builder.append(self, start..<bytes.count)
        return builder.finish().markup()
    }

    private static func entity(for byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "'"): "&#39;"
        case UInt8(ascii: "\""): "&#34;"
        default: nil
        }
    }
}
