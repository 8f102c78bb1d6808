/// What Jinja's filters do with text as markup or words.
enum MarkupText {
    /// The bytes as they may stand in a URL; in a query a slash is escaped and a space is a plus.
    static func percentEncoded(_ bytes: [UInt8], inQuery: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: "/") where !inQuery: result.append(byte)
            case UInt8(ascii: " ") where inQuery: result.append(UInt8(ascii: "+"))
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }

    /// Upper case at the start of each word, lower case in the rest; words start behind white space and `-({[<`.
    static func title(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        var at = 0
        func finishWord(_ end: Int) -> [UInt8] {
            guard start < end else { return [] }
            let first = start + CodePoints.length(ofFirst: bytes[start])
            return PythonCase.upper(Array(bytes[start..<first])) + PythonCase.lower(Array(bytes[first..<end]))
        }
        while at < bytes.count {
            let space = PythonWhitespace.length(in: bytes, at: at)
            let length = "-({[<".utf8.contains(bytes[at]) ? 1 : space
            if length > 0 {
                result += finishWord(at)
                result += bytes[at..<at + length]
                start = at + length
            }
            at += max(length, 1)
        }
        return result + finishWord(bytes.count)
    }

    static func wordCount(_ bytes: [UInt8]) -> Int {
        var count = 0
        var isInside = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isWord = scalar == "_" || PythonClass.holds(.isalnum, Array(String(scalar).utf8))
            if isWord, !isInside { count += 1 }
            isInside = isWord
        }
        return count
    }

    /// The text without comments and tags, its white space made single spaces and its entities decoded.
    static func withoutTags(_ bytes: [UInt8]) -> [UInt8] {
        let text = Text(bytes, .input)
        var builder = TextBuilder()
        var position = 0
        while let start = ByteSearch.first(of: [UInt8(ascii: "<")], in: bytes, position..<bytes.count) {
            let isComment = bytes[start...].starts(with: "<!--".utf8)
            let close = Array((isComment ? "-->" : ">").utf8)
            let inside = min(start + (isComment ? 4 : 1), bytes.count)
            guard let end = ByteSearch.first(of: close, in: bytes, inside..<bytes.count) else { break }
            builder.append(text, position..<start)
            position = end + close.count
        }
        builder.append(text, position..<bytes.count)
        let words = builder.finish().words(limit: .max, fromEnd: false).map(\.bytes)
        return unescaped(Array(words.joined(separator: [UInt8(ascii: " ")])))
    }

    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        let entities = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{A0}"),
            ("&amp;", "&"),
        ]
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let entity = entities.first { bytes[at...].starts(with: $0.0.utf8) }
            result += entity.map { Array($0.1.utf8) } ?? [bytes[at]]
            at += entity?.0.utf8.count ?? 1
        }
        return result
    }
}
