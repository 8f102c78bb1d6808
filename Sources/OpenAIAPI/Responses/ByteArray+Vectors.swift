extension [UInt8] {
    /// Appends a number with as many digits as it takes to read the same one back; null for one that JSON cannot say.
    mutating func append(shortest value: Float) {
        guard value.isFinite else { return append("null") }
        append(contentsOf: value.description.utf8)
    }

    /// Appends numbers as an array.
    mutating func append(_ values: [Float]) {
        append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(shortest: value)
        }
        append(UInt8(ascii: "]"))
    }

    /// Appends the base64 (RFC 4648, padded) of numbers, the lowest byte of each first.
    mutating func append(base64 values: [Float]) {
        values.map(\.bitPattern.littleEndian).withUnsafeBytes { append(base64: $0) }
    }

    /// Appends the base64 of bytes.
    private mutating func append(base64 source: UnsafeRawBufferPointer) {
        let start = count
        append(contentsOf: repeatElement(UInt8(ascii: "="), count: (source.count + 2) / 3 * 4))
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        alphabet.withUTF8Buffer { alphabet in
            withUnsafeMutableBufferPointer { bytes in
                var place = start
                for at in stride(from: 0, to: source.count, by: 3) {
                    let taken = Swift.min(3, source.count - at)
                    var bits = 0
                    for offset in 0..<taken { bits |= Int(source[at + offset]) << (16 - 8 * offset) }
                    for digit in 0...taken { bytes[place + digit] = alphabet[bits >> (18 - 6 * digit) & 63] }
                    place += 4
                }
            }
        }
    }
}
