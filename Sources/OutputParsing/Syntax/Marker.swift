/// Text that a model writes for the parser and not for the reader.
struct Marker: Sendable, Equatable, ExpressibleByStringLiteral {
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    init(stringLiteral value: StaticString) {
        self.init("\(value)")
    }
}
