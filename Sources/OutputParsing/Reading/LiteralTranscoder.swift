/// Turns one value of a notation that resembles JSON into JSON, piece by piece.
///
/// Python: `'text'`, `True`, `None`, tuples, trailing commas, and a call's `(key=value)` as an object. Gemma: bare keys
/// and `<|"|>text<|"|>`. Numbers must be JSON's.
struct LiteralTranscoder: Sendable {
    /// What has been read last.
    private enum State: Sendable {
        case value, key, bareKey, keyEnd, afterValue, string, word, done
    }

    private enum Container: Sendable {
        case list, tuple, object, call

        var hasKeys: Bool { self == .object || self == .call }

        var end: UInt8 {
            switch self {
            case .list: UInt8(ascii: "]")
            case .tuple, .call: UInt8(ascii: ")")
            case .object: UInt8(ascii: "}")
            }
        }
    }

    private let dialect: LiteralDialect
    private var state = State.value
    private var containers: [Container] = []
    /// Whether the open container has elements, so that another needs a comma.
    private var hasElements = false
    private var stringIsKey = false
    private var string: QuotedText
    /// A number, a name, or a key without quotes.
    private var word: [UInt8] = []

    init(_ dialect: LiteralDialect) {
        self.dialect = dialect
        string = QuotedText(dialect)
    }

    /// Whether nothing but white space was read.
    var isUntouched: Bool { state == .value && containers.isEmpty }

    /// Makes ready for another value.
    mutating func reset() {
        self = LiteralTranscoder(dialect)
    }

    /// Reads on from `at` and appends JSON; done behind the value. A value in parentheses at the outermost level is the
    /// arguments of a call.
    ///
    /// Broken where the notation ends or `OutputLimits.depth` is exceeded. O(bytes taken).
    mutating func transcode(
        _ input: Span<UInt8>, _ at: inout Int, isLast: Bool, into json: inout [UInt8]
    ) -> ReadResult {
        while state != .done {
            guard at < input.count else {
                guard isLast, state == .word, containers.isEmpty, endWord(into: &json) else { return .more }
                return .done
            }
            switch state {
            case .string:
                switch string.read(input, &at, isLast: isLast, into: &json) {
                case .more: return .more
                case .broken: return .broken
                case .done: if stringIsKey { state = .keyEnd } else { endValue() }
                }
            case .word, .bareKey:
                let start = at
                while at < input.count, input[at].isWordByte { at += 1 }
                word.append(input, start..<at)
                if word.count > OutputLimits.headerBytes { return .broken }
                guard at < input.count else { continue }
                guard state == .word ? endWord(into: &json) : endBareKey(into: &json) else { return .broken }
            default:
                if input[at].isJSONSpace {
                    at += 1
                    continue
                }
                let result = state == .afterValue ? goOn(input[at], &at, into: &json) : begin(input, &at, isLast, &json)
                if result != .done { return result }
            }
        }
        return .done
    }

    /// Begins a value, a key or what follows a key.
    private mutating func begin(
        _ input: Span<UInt8>, _ at: inout Int, _ isLast: Bool, _ json: inout [UInt8]
    ) -> ReadResult {
        let byte = input[at]
        if state == .keyEnd {
            guard byte == (containers.last == .call ? UInt8(ascii: "=") : UInt8(ascii: ":")) else { return .broken }
            json.append(contentsOf: ": ".utf8)
            state = .value
            at += 1
            return .done
        }
        if let container = containers.last, byte == container.end, state == (container.hasKeys ? .key : .value) {
            at += 1
            return close(into: &json)
        }
        if hasElements {
            json.append(contentsOf: ", ".utf8)
            hasElements = false
        }
        let isKey = state == .key
        switch string.begin(input, at, isLast: isLast) {
        case .partial: return .more
        case .full(_, let length):
            guard containers.last != .call || !isKey else { return .broken }
            stringIsKey = isKey
            json.append(UInt8(ascii: "\""))
            state = .string
            at += length
            return .done
        case .none: break
        }
        if isKey {
            guard containers.last == .call || dialect == .gemma, byte.isWordByte else { return .broken }
            word.removeAll(keepingCapacity: true)
            state = .bareKey
            return .done
        }
        return beginValue(byte, &at, into: &json)
    }

    private mutating func beginValue(_ byte: UInt8, _ at: inout Int, into json: inout [UInt8]) -> ReadResult {
        let container: Container
        switch byte {
        case UInt8(ascii: "["): container = .list
        case UInt8(ascii: "{"): container = .object
        case UInt8(ascii: "(") where dialect == .python: container = containers.isEmpty ? .call : .tuple
        default:
            guard byte.isWordByte else { return .broken }
            word.removeAll(keepingCapacity: true)
            state = .word
            return .done
        }
        guard containers.count < OutputLimits.depth else { return .broken }
        containers.append(container)
        hasElements = false
        json.append(container.hasKeys ? UInt8(ascii: "{") : UInt8(ascii: "["))
        state = container.hasKeys ? .key : .value
        at += 1
        return .done
    }

    /// Behind a value: a comma, or the end of what holds it.
    private mutating func goOn(_ byte: UInt8, _ at: inout Int, into json: inout [UInt8]) -> ReadResult {
        guard let container = containers.last else { return .broken }
        at += 1
        if byte == container.end { return close(into: &json) }
        guard byte == UInt8(ascii: ",") else {
            at -= 1
            return .broken
        }
        hasElements = true
        state = container.hasKeys ? .key : .value
        return .done
    }

    private mutating func close(into json: inout [UInt8]) -> ReadResult {
        guard let container = containers.popLast() else { return .broken }
        json.append(container.hasKeys ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        hasElements = false
        endValue()
        return .done
    }

    private mutating func endValue() {
        state = containers.isEmpty ? .done : .afterValue
    }

    private mutating func endBareKey(into json: inout [UInt8]) -> Bool {
        json.append(quoting: word.span, 0..<word.count)
        state = .keyEnd
        return true
    }

    private mutating func endWord(into json: inout [UInt8]) -> Bool {
        switch String(decoding: word, as: UTF8.self) {
        case "True", "true": json.append(contentsOf: "true".utf8)
        case "False", "false": json.append(contentsOf: "false".utf8)
        case "None", "null": json.append(contentsOf: "null".utf8)
        default:
            var scanner = JSONScanner()
            var at = 0
            _ = scanner.scan(word.span, &at)
            guard at == word.count, scanner.isWhole else { return false }
            json.append(contentsOf: word)
        }
        endValue()
        return true
    }
}

extension UInt8 {
    /// Whether the byte may be part of a number or a name.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...0xFF, UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
