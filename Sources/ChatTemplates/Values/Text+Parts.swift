extension Text {
    /// The text without the given characters (white space if nil) at its ends.
    func stripped(of characters: [UInt8]?, start: Bool, end: Bool) -> Text {
        guard let characters else {
            let from = start ? PythonWhitespace.end(in: bytes, from: 0) : 0
            return slice(
                from..<(end ? PythonWhitespace.start(in: bytes, before: bytes.count, notBefore: from) : bytes.count))
        }
        var set: Set<Unicode.Scalar> = []
        var at = 0
        while at < characters.count {
            let (scalar, length) = CodePoints.decode(characters, at: at)
            set.insert(scalar)
            at += length
        }
        var (lower, upper) = (0, bytes.count)
        while start, lower < upper {
            let (scalar, length) = CodePoints.decode(bytes, at: lower)
            guard set.contains(scalar) else { break }
            lower += length
        }
        while end, upper > lower {
            let previous = CodePoints.start(in: bytes, before: upper)
            guard set.contains(CodePoints.decode(bytes, at: previous).scalar) else { break }
            upper = previous
        }
        return slice(lower..<upper)
    }

    /// Where `needle`, which must not be empty, stands without overlap, at most `limit` times.
    func occurrences(of needle: [UInt8], in range: Range<Int>, limit: Int) -> [Int] {
        var found: [Int] = []
        var position = range.lowerBound
        while found.count < limit, position < range.upperBound,
            let at = ByteSearch.first(of: needle, in: bytes, position..<range.upperBound)
        {
            found.append(at)
            position = at + needle.count
        }
        return found
    }

    /// The parts between separators, at most `limit` cuts.
    func split(by separator: [UInt8], limit: Int, fromEnd: Bool) -> [Text] {
        parts(between: cuts(at: separator, limit: limit, fromEnd: fromEnd), length: separator.count)
    }

    /// Where to split the text, in ascending order.
    func cuts(at separator: [UInt8], limit: Int, fromEnd: Bool) -> [Int] {
        guard fromEnd else { return occurrences(of: separator, in: bytes.indices, limit: limit) }
        var cuts: [Int] = []
        var end = bytes.count
        while cuts.count < limit, let at = ByteSearch.last(of: separator, in: bytes, 0..<end) {
            cuts.append(at)
            end = at
        }
        return cuts.reversed()
    }

    /// The parts between separators of `length` bytes.
    func parts(between cuts: [Int], length: Int) -> [Text] {
        var parts: [Text] = []
        parts.reserveCapacity(cuts.count + 1)
        var position = 0
        for cut in cuts {
            parts.append(slice(position..<cut))
            position = cut + length
        }
        parts.append(slice(position..<bytes.count))
        return parts
    }

    /// The parts between runs of white space, at most `limit` cuts.
    func words(limit: Int, fromEnd: Bool) -> [Text] {
        var parts: [Text] = []
        if fromEnd {
            var end = PythonWhitespace.start(in: bytes, before: bytes.count, notBefore: 0)
            while end > 0 {
                if parts.count == limit {
                    parts.append(slice(0..<end))
                    break
                }
                let start = startOfWord(before: end)
                parts.append(slice(start..<end))
                end = PythonWhitespace.start(in: bytes, before: start, notBefore: 0)
            }
            return parts.reversed()
        }
        var start = PythonWhitespace.end(in: bytes, from: 0)
        while start < bytes.count {
            if parts.count == limit {
                parts.append(slice(start..<bytes.count))
                break
            }
            var end = start
            while end < bytes.count, PythonWhitespace.length(in: bytes, at: end) == 0 { end += 1 }
            parts.append(slice(start..<end))
            start = PythonWhitespace.end(in: bytes, from: end)
        }
        return parts
    }

    private func startOfWord(before end: Int) -> Int {
        var start = end
        while start > 0 {
            let previous = CodePoints.start(in: bytes, before: start)
            if PythonWhitespace.length(in: bytes, at: previous) > 0 { break }
            start = previous
        }
        return start
    }

    /// The lines, by everything that Python's `splitlines` takes for a line's end.
    func lines(keepingEnds: Bool = false) -> [Text] {
        var lines: [Text] = []
        var (start, at) = (0, 0)
        while at < bytes.count {
            let length = lengthOfLineEnd(at: at)
            if length == 0 {
                at += 1
                continue
            }
            lines.append(slice(start..<(keepingEnds ? at + length : at)))
            at += length
            start = at
        }
        if start < bytes.count { lines.append(slice(start..<bytes.count)) }
        return lines
    }

    private func lengthOfLineEnd(at position: Int) -> Int {
        switch bytes[position] {
        case 0x0D: position + 1 < bytes.count && bytes[position + 1] == 0x0A ? 2 : 1
        case 0x0A...0x0C, 0x1C...0x1E: 1
        case 0xC2: position + 1 < bytes.count && bytes[position + 1] == 0x85 ? 2 : 0
        case 0xE2:
            position + 2 < bytes.count && bytes[position + 1] == 0x80
                && (bytes[position + 2] == 0xA8 || bytes[position + 2] == 0xA9) ? 3 : 0
        default: 0
        }
    }
}
