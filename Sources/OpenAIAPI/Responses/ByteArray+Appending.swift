extension [UInt8] {
    /// Appends bytes as they are.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends the decimal digits of a number; allocates only from 10 on.
    mutating func append(decimal value: Int) {
        if (0..<10).contains(value) {
            append(UInt8(ascii: "0") + UInt8(value))
        } else {
            append(contentsOf: String(value).utf8)
        }
    }
}
