/// What Python's `str.isspace` and the `\s` of its regular expressions call white space, in UTF-8.
enum PythonWhitespace {
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The length of the white-space character at `position`; 0 if there is none.
    static func length(in bytes: [UInt8], at position: Int) -> Int {
        let first = bytes[position]
        if first < 0x80 { return contains(Unicode.Scalar(first)) ? 1 : 0 }
        guard first == 0xC2 || first == 0xE1 || first == 0xE2 || first == 0xE3 else { return 0 }
        let (scalar, length) = CodePoints.decode(bytes, at: position)
        return contains(scalar) ? length : 0
    }

    /// The end of the white space that begins at `position`.
    static func end(in bytes: [UInt8], from position: Int) -> Int {
        var at = position
        while at < bytes.count {
            let length = length(in: bytes, at: at)
            if length == 0 { break }
            at += length
        }
        return at
    }

    /// The start of the white space that ends at `end`, not before `start`.
    static func start(in bytes: [UInt8], before end: Int, notBefore start: Int) -> Int {
        var at = end
        while at > start {
            let previous = CodePoints.start(in: bytes, before: at)
            if previous < start || length(in: bytes, at: previous) == 0 { break }
            at = previous
        }
        return at
    }
}
