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
        values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { append(base64: $0) }
    }

    /// Appends the base64 of bytes.
    private mutating func append(base64 source: UnsafeRawBufferPointer) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digits = alphabet.utf8Start
        let length = (source.count + 2) / 3 * 4
        self += [UInt8](unsafeUninitializedCapacity: length) { text, count in
            var place = 0
            for at in stride(from: 0, to: source.count, by: 3) {
                let second = at + 1 < source.count ? Int(source[at + 1]) : nil
                let third = at + 2 < source.count ? Int(source[at + 2]) : nil
                let bits = Int(source[at]) << 16 | (second ?? 0) << 8 | (third ?? 0)
                text[place] = digits[bits >> 18]
                text[place + 1] = digits[bits >> 12 & 63]
                text[place + 2] = second == nil ? UInt8(ascii: "=") : digits[bits >> 6 & 63]
                text[place + 3] = third == nil ? UInt8(ascii: "=") : digits[bits & 63]
                place += 4
            }
            count = length
        }
    }
}
