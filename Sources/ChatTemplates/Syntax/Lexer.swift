/// Cuts a template into tokens as Jinja2 does with `trim_blocks` and `lstrip_blocks`.
///
/// Line breaks are made `\n` first, and one at the very end is dropped. The rules are those of Jinja2's `lexer.py`
/// (regular expressions there, a scanner here).
struct Lexer {
    let source: [UInt8]
    var position = 0
    var line = 1
    var tokens: [Token] = []
    /// Whether the last match ended a line, so that a tag right here stands at a line's start.
    private var isLineStart = true
    /// The brackets that wait to be closed inside the current tag.
    var openBrackets: [Symbol] = []

    private enum Opening { case raw(end: Int), comment, block, variable }

    init(_ source: String) {
        self.source = Lexer.normalizeLineBreaks(Array(source.utf8))
    }

    static func tokens(of source: String) throws(TemplateError) -> [Token] {
        guard source.utf8.count <= SyntaxLimits.sourceBytes else {
            throw TemplateError(.syntax, "the template is longer than \(SyntaxLimits.sourceBytes) bytes", line: 1)
        }
        var lexer = Lexer(source)
        while try lexer.scanDataAndTag() {}
        lexer.emit(.end)
        return lexer.tokens
    }

    mutating func emit(_ kind: Token.Kind) {
        tokens.append(Token(kind: kind, line: line))
    }

    func fail(_ message: String) -> TemplateError { TemplateError(.syntax, message, line: line) }

    /// Moves to `end`, counting lines.
    mutating func advance(to end: Int) {
        for at in position..<end where source[at] == UInt8(ascii: "\n") { line += 1 }
        position = end
    }

    func matches(_ text: StaticString, at position: Int) -> Bool {
        guard position + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { bytes in
            for at in bytes.indices where source[position + at] != bytes[at] { return false }
            return true
        }
    }

    // MARK: Text and the openings of tags

    /// Scans text up to the next tag, and that tag; false at the end.
    private mutating func scanDataAndTag() throws(TemplateError) -> Bool {
        guard position < source.count else { return false }
        var at = position
        while at + 1 < source.count {
            if source[at] == UInt8(ascii: "{"), let opening = opening(at: at) {
                try scanTag(opening, at: at)
                return true
            }
            at += 1
        }
        emit(.data(Array(source[position...])))
        advance(to: source.count)
        return true
    }

    private func opening(at position: Int) -> Opening? {
        switch source[position + 1] {
        case UInt8(ascii: "#"): return .comment
        case UInt8(ascii: "{"): return .variable
        case UInt8(ascii: "%"):
            var at = PythonWhitespace.end(in: source, from: afterSign(position + 2))
            guard matches("raw", at: at) else { return .block }
            at = PythonWhitespace.end(in: source, from: at + 3)
            if matches("%}", at: at) { return .raw(end: at + 2) }
            if matches("-%}", at: at) { return .raw(end: PythonWhitespace.end(in: source, from: at + 3)) }
            return .block
        default: return nil
        }
    }

    /// The position behind a white-space control sign, if there is one.
    private func afterSign(_ position: Int) -> Int {
        guard position < source.count else { return position }
        return source[position] == UInt8(ascii: "-") || source[position] == UInt8(ascii: "+") ? position + 1 : position
    }

    private mutating func scanTag(_ opening: Opening, at start: Int) throws(TemplateError) {
        let isVariable = if case .variable = opening { true } else { false }
        emitData(upTo: start, signAt: start + 2, isVariable: isVariable)
        let inside = afterSign(start + 2)
        switch opening {
        case .comment:
            advance(to: inside)
            try scanComment()
        case .raw(let end):
            advance(to: end)
            isLineStart = source[end - 1] == UInt8(ascii: "\n")
            try scanRaw()
        case .block:
            emit(.blockBegin)
            advance(to: inside)
            try scanInside(isVariable: false)
        case .variable:
            emit(.variableBegin)
            advance(to: inside)
            try scanInside(isVariable: true)
        }
    }

    /// Emits the text up to a tag, less the white space that the tag strips.
    private mutating func emitData(upTo end: Int, signAt signPosition: Int, isVariable: Bool) {
        var dataEnd = end
        let sign = signPosition < source.count ? source[signPosition] : 0
        if sign == UInt8(ascii: "-") {
            dataEnd = PythonWhitespace.start(in: source, before: end, notBefore: position)
        } else if sign != UInt8(ascii: "+"), !isVariable {
            let lineStart = (source[position..<end].lastIndex(of: UInt8(ascii: "\n")) ?? position - 1) + 1
            if lineStart > position || isLineStart,
                PythonWhitespace.start(in: source, before: end, notBefore: lineStart) == lineStart
            {
                dataEnd = lineStart
            }
        }
        if dataEnd > position { emit(.data(Array(source[position..<dataEnd]))) }
        advance(to: end)
        isLineStart = false
    }

    /// The end of a closing tag whose delimiter is at `position`: its sign and what it strips included.
    func endOfClosing(_ delimiter: StaticString, at position: Int, trimsLine: Bool) -> Int? {
        let width = delimiter.utf8CodeUnitCount
        if matches(delimiter, at: position) {
            let end = position + width
            return trimsLine && end < source.count && source[end] == UInt8(ascii: "\n") ? end + 1 : end
        }
        guard position < source.count, matches(delimiter, at: position + 1) else { return nil }
        if source[position] == UInt8(ascii: "-") {
            return PythonWhitespace.end(in: source, from: position + 1 + width)
        }
        return source[position] == UInt8(ascii: "+") && trimsLine ? position + 1 + width : nil
    }

    /// Moves behind the end of a tag.
    mutating func finishTag(at end: Int) {
        advance(to: end)
        isLineStart = source[end - 1] == UInt8(ascii: "\n")
    }

    private mutating func scanComment() throws(TemplateError) {
        for at in position..<source.count {
            if let end = endOfClosing("#}", at: at, trimsLine: true) { return finishTag(at: end) }
        }
        throw fail("Missing end of comment tag")
    }

    private mutating func scanRaw() throws(TemplateError) {
        for start in position..<source.count where matches("{%", at: start) {
            var at = PythonWhitespace.end(in: source, from: afterSign(start + 2))
            guard matches("endraw", at: at) else { continue }
            at = PythonWhitespace.end(in: source, from: at + 6)
            guard let end = endOfClosing("%}", at: at, trimsLine: true) else { continue }
            emitData(upTo: start, signAt: start + 2, isVariable: false)
            return finishTag(at: end)
        }
        throw fail("Missing end of raw directive")
    }

    private static func normalizeLineBreaks(_ source: [UInt8]) -> [UInt8] {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        for (at, byte) in source.enumerated() {
            if byte == lineFeed, at > 0, source[at - 1] == carriageReturn { continue }
            result.append(byte == carriageReturn ? lineFeed : byte)
        }
        if result.last == lineFeed { result.removeLast() }
        return result
    }
}
