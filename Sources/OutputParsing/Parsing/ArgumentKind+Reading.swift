import SchemaGrammar

extension ArgumentKind {
    /// Whether the text so far may turn out to be something else than a string.
    func mayStillDiffer(_ text: [UInt8]) -> Bool {
        switch self {
        case .text: false
        case .value: true
        case .textOrNull: text.count <= 4 && "null".utf8.starts(with: text)
        }
    }

    /// The JSON that the whole text stands for, if that is no string made of it.
    func json(of text: [UInt8]) -> [UInt8]? {
        let trimmed = Array(text.trimmed)
        switch self {
        case .text: return nil
        case .textOrNull: return trimmed.elementsEqual("null".utf8) ? trimmed : nil
        case .value: break
        }
        var scanner = JSONScanner()
        var at = 0
        _ = scanner.scan(trimmed.span, &at)
        if at == trimmed.count && scanner.isWhole { return trimmed }
        // Several templates show such values as Python prints them, and models then write them so.
        var transcoder = LiteralTranscoder(.python)
        var json: [UInt8] = []
        at = 0
        let result = transcoder.transcode(trimmed.span, &at, isLast: true, into: &json)
        return result == .done && at == trimmed.count ? json : nil
    }
}
