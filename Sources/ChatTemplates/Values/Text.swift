/// A string with the origin of each of its bytes.
struct Text: Sendable {
    /// Who wrote the bytes. In doubt it is the input, in which no special token is ever recognized.
    enum Origin: Sendable {
        case input
        case template
        /// The ranges that the template wrote, ascending and not adjacent; the rest is input.
        case mixed([Range<Int>])
    }

    /// UTF-8.
    let bytes: [UInt8]
    let origin: Origin
    /// Whether it is markup in Jinja2's sense.
    let isMarkup: Bool

    static let empty = Text([], .template)

    init(_ bytes: [UInt8], _ origin: Origin, isMarkup: Bool = false) {
        self.bytes = bytes
        self.origin = origin
        self.isMarkup = isMarkup
    }

    init(_ string: String, _ origin: Origin) {
        self.init(Array(string.utf8), origin)
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }
    var isEmpty: Bool { bytes.isEmpty }

    /// The bytes in `range`, with their origin.
    func slice(_ range: Range<Int>) -> Text {
        if range.count == bytes.count { return self }
        switch origin {
        case .input, .template: return Text(Array(bytes[range]), origin, isMarkup: isMarkup)
        case .mixed:
            var builder = TextBuilder()
            builder.append(self, range)
            return builder.finish().markup(isMarkup)
        }
    }

    /// This text with other bytes that were made from its own: what is not all the template's becomes input.
    func replacingBytes(_ bytes: [UInt8]) -> Text {
        if case .template = origin { return Text(bytes, .template, isMarkup: isMarkup) }
        return Text(bytes, .input, isMarkup: isMarkup)
    }

    /// The texts one after the other; if one is markup, the result is, and the other is escaped.
    static func + (left: Text, right: Text) -> Text {
        let isMarkup = left.isMarkup || right.isMarkup
        let (left, right) = isMarkup ? (left.escaped, right.escaped) : (left, right)
        if right.isEmpty { return left }
        if left.isEmpty { return right }
        var builder = TextBuilder(reserving: left.bytes.count + right.bytes.count)
        builder.append(left)
        builder.append(right)
        return builder.finish().markup(isMarkup)
    }
}

extension Text: Equatable, Hashable, Comparable {
    /// Equal bytes, whatever their origin.
    static func == (left: Text, right: Text) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// The order of UTF-8 bytes, which is that of code points.
    static func < (left: Text, right: Text) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
