#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// Where `byte` stands first, at `start` or behind it.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        guard let baseAddress, start < count else { return nil }
        return memchr(baseAddress + start, Int32(byte), count - start).map { UnsafeRawPointer($0) - baseAddress }
    }

    /// Where `text`, of two bytes or more, begins first, at `start` or behind it.
    ///
    /// Looks for its first two bytes at 16 places at once.
    func firstOffset(of text: [UInt8], from start: Int) -> Int? {
        let last = count - text.count
        let first = SIMD16(repeating: text[0])
        let second = SIMD16(repeating: text[1])
        var at = start
        while at <= last, at + 17 <= count {
            let hits =
                (loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self) .== first)
                .& (loadUnaligned(fromByteOffset: at + 1, as: SIMD16<UInt8>.self) .== second)
            if any(hits), let found = firstMatch(of: text, in: at..<Swift.min(at + 16, last + 1)) { return found }
            at += 16
        }
        return at <= last ? firstMatch(of: text, in: at..<last + 1) : nil
    }

    /// The first of the places at which all of `text` stands; there is room for it at each.
    private func firstMatch(of text: [UInt8], in places: Range<Int>) -> Int? {
        for place in places where self[place] == text[0] {
            var length = 1
            while length < text.count, self[place + length] == text[length] { length += 1 }
            if length == text.count { return place }
        }
        return nil
    }

    /// The offset behind `byte`, if that is the next one at `start` or behind it which is no white space of JSON.
    func offset(behind byte: UInt8, from start: Int) -> Int? {
        var at = start
        while at < count, self[at].isJSONWhiteSpace { at += 1 }
        return at < count && self[at] == byte ? at + 1 : nil
    }
}

extension UInt8 {
    var isJSONWhiteSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
