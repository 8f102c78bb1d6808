import ServingModel

extension [UInt8] {
    /// Appends bytes as they are.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends the decimal digits of a number. Indices and bytes have at most three and are written one by one.
    mutating func append(decimal value: Int) {
        guard (0..<1000).contains(value) else { return append(contentsOf: String(value).utf8) }
        if value >= 100 { append(UInt8(ascii: "0") + UInt8(value / 100)) }
        if value >= 10 { append(UInt8(ascii: "0") + UInt8(value / 10 % 10)) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// Appends tokens as an array of their ids.
    mutating func append(_ tokens: [TokenID]) {
        append("[")
        for (index, token) in tokens.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(decimal: Int(token.rawValue))
        }
        append("]")
    }

    /// Appends the usage of a request that generates nothing.
    mutating func append(promptUsage tokens: Int) {
        append(#"{"prompt_tokens":"#)
        append(decimal: tokens)
        append(#","total_tokens":"#)
        append(decimal: tokens)
        append("}")
    }
}
