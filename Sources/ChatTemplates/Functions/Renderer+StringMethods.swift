extension Renderer {
    private static let split = Signature("sep", "maxsplit")
    private static let splitlines = Signature("keepends")
    private static let expandtabs = Signature("tabsize")

    mutating func call(
        _ method: Method, onString text: Text, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        switch method {
        case .split, .rsplit:
            let bound = try bind(arguments, Renderer.split, of: method.rawValue)
            return try split(text, separator: bound[0], limit: bound[1], fromEnd: method == .rsplit)
        case .splitlines:
            let keepsEnds = try bind(arguments, Renderer.splitlines, of: "splitlines")[0]?.isTrue ?? false
            // Every second byte may be a line.
            try charge(text.bytes.count >> 1)
            return try list(text.lines(keepingEnds: keepsEnds).map { .string($0) })
        case .expandtabs:
            let width = try integer(bind(arguments, Renderer.expandtabs, of: "expandtabs")[0], default: 8)
            return try expandTabs(text, width: width)
        case .format: return .string(try formatBraces(text, arguments))
        case .formatMap:
            guard arguments.named.isEmpty, arguments.positional.count == 1,
                case .dictionary(let mapping) = arguments.positional[0]
            else { throw fail("format_map() takes exactly one mapping") }
            var named = CallArguments()
            for (key, value) in zip(mapping.keys, mapping.values) {
                if case .string(let name) = key { named.named.append((name, value)) }
            }
            return .string(try formatBraces(text, named))
        default: break
        }
        guard arguments.named.isEmpty else { throw fail("str.\(method.rawValue)() takes no keyword arguments") }
        return try call(method, onString: text, arguments.positional)
    }

    /// The methods that take positional arguments only.
    private mutating func call(
        _ method: Method, onString text: Text, _ arguments: [Value]
    ) throws(TemplateError) -> Value {
        switch method {
        case .strip, .lstrip, .rstrip: return .string(try strip(text, method, arguments))
        case .startswith, .endswith: return .bool(try hasAffix(text, method, arguments))
        case .find, .rfind, .index, .rindex, .count: return .integer(try search(text, method, arguments))
        case .replace:
            try require(method, arguments, 2...3)
            let count = try integer(arguments.count > 2 ? arguments[2] : nil, default: -1)
            let new = try string(arguments[1], default: .empty)
            return .string(
                try replace(text, string(arguments[0], default: .empty), text.isMarkup ? new.escaped : new, count))
        case .join:
            try require(method, arguments, 1...1)
            return .string(try join(items(of: arguments[0]), separator: text, method))
        case .partition, .rpartition:
            try require(method, arguments, 1...1)
            return try partition(text, by: string(arguments[0], default: .empty), fromEnd: method == .rpartition)
        case .removeprefix, .removesuffix:
            try require(method, arguments, 1...1)
            let affix = try string(arguments[0], default: .empty).bytes
            let bytes = text.bytes
            guard affix.count <= bytes.count else { return .string(text) }
            if method == .removeprefix {
                return .string(bytes.starts(with: affix) ? text.slice(affix.count..<bytes.count) : text)
            }
            let end = bytes.count - affix.count
            return .string(bytes[end...].elementsEqual(affix) ? text.slice(0..<end) : text)
        case .center, .ljust, .rjust, .zfill: return .string(try pad(text, method, arguments))
        case .translate:
            try require(method, arguments, 1...1)
            return .string(try translate(text, arguments[0]))
        default:
            try require(method, arguments, 0...0)
            return changeCaseOrClassify(text, method)
        }
    }

    private func changeCaseOrClassify(_ text: Text, _ method: Method) -> Value {
        switch method {
        case .upper: .string(text.replacingBytes(PythonCase.upper(text.bytes)))
        case .lower: .string(text.replacingBytes(PythonCase.lower(text.bytes)))
        case .casefold: .string(text.replacingBytes(PythonCase.fold(text.bytes)))
        case .title: .string(text.replacingBytes(PythonCase.title(text.bytes)))
        case .capitalize: .string(text.replacingBytes(PythonCase.capitalize(text.bytes)))
        case .swapcase: .string(text.replacingBytes(PythonCase.swap(text.bytes)))
        default: .bool(PythonClass.holds(method, text.bytes))
        }
    }

    /// Python's `str.translate` with a dictionary from code points to strings, code points or None.
    private mutating func translate(_ text: Text, _ table: Value) throws(TemplateError) -> Text {
        guard case .dictionary(let mapping) = table else { throw fail("translate takes a dictionary") }
        try charge(text.bytes.count)
        var builder = TextBuilder()
        var at = 0
        while at < text.bytes.count {
            let (scalar, length) = CodePoints.decode(text.bytes, at: at)
            switch mapping[HashKey(unchecked: .integer(Int(scalar.value)))] {
            case nil: builder.append(text, at..<at + length)
            case .some(.none): break
            case .string(let new): builder.append(new)
            case .some(let other):
                guard case .integer(let code)? = other.number,
                    let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init)
                else { throw fail("character mapping must return integer, None or str") }
                builder.append(Text(String(scalar), .input))
            }
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
            at += length
        }
        return builder.finish().markup(text.isMarkup)
    }

    private func require(
        _ method: Method, _ arguments: [Value], _ counts: ClosedRange<Int>
    ) throws(TemplateError) {
        guard counts.contains(arguments.count) else {
            throw fail("str.\(method.rawValue)() does not take \(arguments.count) arguments")
        }
    }

    // MARK: Parts of a string

    private func strip(_ text: Text, _ method: Method, _ arguments: [Value]) throws(TemplateError) -> Text {
        try require(method, arguments, 0...1)
        return try strip(text, arguments.first, start: method != .rstrip, end: method != .lstrip)
    }

    /// Python's `strip` and its variants; without characters it strips white space.
    func strip(_ text: Text, _ characters: Value?, start: Bool, end: Bool) throws(TemplateError) -> Text {
        switch characters {
        case nil, .some(.none): return text.stripped(of: nil, start: start, end: end)
        case .string(let set): return text.stripped(of: set.bytes, start: start, end: end)
        default: throw fail("strip arg must be None or str")
        }
    }

    private func hasAffix(_ text: Text, _ method: Method, _ arguments: [Value]) throws(TemplateError) -> Bool {
        try require(method, arguments, 1...3)
        guard let range = try range(in: text, Array(arguments.dropFirst())) else { return false }
        let part = text.bytes[range]
        func matches(_ value: Value) throws(TemplateError) -> Bool {
            guard case .string(let affix) = value else {
                throw fail("\(method.rawValue) first arg must be str or a tuple of str, not \(value.typeName)")
            }
            if method == .startswith { return part.starts(with: affix.bytes) }
            return part.count >= affix.bytes.count && part.suffix(affix.bytes.count).elementsEqual(affix.bytes)
        }
        guard case .tuple(let elements) = arguments[0] else { return try matches(arguments[0]) }
        for element in elements.values where try matches(element) { return true }
        return false
    }

    /// The bytes between the code points of optional bounds; nil if the start is behind the text.
    private func range(in text: Text, _ bounds: [Value]) throws(TemplateError) -> Range<Int>? {
        func bound(_ at: Int) throws(TemplateError) -> Int? {
            guard at < bounds.count else { return nil }
            if case .none = bounds[at] { return nil }
            return try integer(bounds[at], default: 0)
        }
        let (first, last) = (try bound(0), try bound(1))
        if first == nil, last == nil { return text.bytes.indices }
        let starts = CodePoints.starts(text.bytes)
        let count = starts.count - 1
        let start = first.map { $0 < 0 ? max($0 + count, 0) : $0 } ?? 0
        let stop = min(last.map { $0 < 0 ? max($0 + count, 0) : $0 } ?? count, count)
        guard start <= count, start <= stop else { return nil }
        return starts[start]..<starts[stop]
    }

    private func search(_ text: Text, _ method: Method, _ arguments: [Value]) throws(TemplateError) -> Int {
        try require(method, arguments, 1...3)
        let needle = try string(arguments[0], default: .empty).bytes
        let range = try range(in: text, Array(arguments.dropFirst()))
        if method == .count {
            guard let range else { return 0 }
            if needle.isEmpty { return CodePoints.count(Array(text.bytes[range])) + 1 }
            return text.occurrences(of: needle, in: range, limit: .max).count
        }
        let isReverse = method == .rfind || method == .rindex
        let found = range.flatMap { range in
            isReverse
                ? ByteSearch.last(of: needle, in: text.bytes, range)
                : ByteSearch.first(of: needle, in: text.bytes, range)
        }
        if let found { return CodePoints.count(Array(text.bytes[..<found])) }
        if method == .index || method == .rindex { throw fail("substring not found") }
        return -1
    }

    private mutating func partition(_ text: Text, by separator: Text, fromEnd: Bool) throws(TemplateError) -> Value {
        guard !separator.isEmpty else { throw fail("empty separator") }
        let found =
            fromEnd
            ? ByteSearch.last(of: separator.bytes, in: text.bytes)
            : ByteSearch.first(of: separator.bytes, in: text.bytes)
        guard let found else {
            let empty = Value.string(text.slice(0..<0))
            return try tuple(fromEnd ? [empty, empty, .string(text)] : [.string(text), empty, empty])
        }
        let end = found + separator.bytes.count
        return try tuple([
            .string(text.slice(0..<found)), .string(text.slice(found..<end)),
            .string(text.slice(end..<text.bytes.count)),
        ])
    }

    // MARK: Splitting and joining

    private mutating func split(
        _ text: Text, separator: Value?, limit: Value?, fromEnd: Bool
    ) throws(TemplateError) -> Value {
        let limit = try integer(limit, default: -1)
        let maximum = limit < 0 ? Int.max : limit
        let parts: [Text]
        switch separator {
        case nil, .some(.none):
            // Every second byte may be a word.
            try charge(text.bytes.count >> 1)
            parts = text.words(limit: maximum, fromEnd: fromEnd)
        case .string(let separator):
            guard !separator.isEmpty else { throw fail("empty separator") }
            let cuts = text.cuts(at: separator.bytes, limit: maximum, fromEnd: fromEnd)
            try charge(cuts.count)
            parts = text.parts(between: cuts, length: separator.bytes.count)
        default: throw fail("must be str or None")
        }
        return try list(parts.map { .string($0) })
    }

    mutating func replace(_ text: Text, _ old: Text, _ new: Text, _ count: Int) throws(TemplateError) -> Text {
        let limit = count < 0 ? Int.max : count
        let found =
            old.isEmpty
            ? Array(CodePoints.starts(text.bytes).prefix(limit))
            : text.occurrences(of: old.bytes, in: text.bytes.indices, limit: limit)
        if found.isEmpty { return text }
        let (growth, overflow) = found.count.multipliedReportingOverflow(by: new.bytes.count)
        try chargeText(overflow ? .max : text.bytes.count + growth - found.count * old.bytes.count)
        var builder = TextBuilder(reserving: text.bytes.count + growth - found.count * old.bytes.count)
        var position = 0
        for at in found {
            builder.append(text, position..<at)
            builder.append(new)
            position = at + old.bytes.count
        }
        builder.append(text, position..<text.bytes.count)
        return builder.finish().markup(text.isMarkup)
    }

    private mutating func join(
        _ values: [Value], separator: Text, _ method: Method
    ) throws(TemplateError) -> Text {
        var builder = TextBuilder()
        for (at, value) in values.enumerated() {
            guard case .string(let text) = value else {
                throw fail("sequence item \(at): expected str instance, \(value.typeName) found")
            }
            if at > 0 { builder.append(separator) }
            builder.append(separator.isMarkup ? text.escaped : text)
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        try chargeText(builder.bytes.count)
        return builder.finish().markup(separator.isMarkup)
    }

    // MARK: Padding

    private mutating func pad(_ text: Text, _ method: Method, _ arguments: [Value]) throws(TemplateError) -> Text {
        try require(method, arguments, method == .zfill ? 1...1 : 1...2)
        let width = try integer(arguments[0], default: 0)
        if method == .zfill { return try zeroFill(text, width: width) }
        let fill = try string(arguments.count > 1 ? arguments[1] : nil, default: Text(" ", .template))
        guard CodePoints.count(fill.bytes) == 1 else {
            throw fail("The fill character must be exactly one character long")
        }
        switch method {
        case .ljust: return try pad(text, width: width, fill: fill) { _, _ in 0 }
        case .rjust: return try pad(text, width: width, fill: fill) { missing, _ in missing }
        default: return try center(text, width: width, fill: fill)
        }
    }

    /// Python's `str.center`: an odd rest goes left if the width is odd.
    mutating func center(_ text: Text, width: Int, fill: Text) throws(TemplateError) -> Text {
        try pad(text, width: width, fill: fill) { missing, width in missing / 2 + (missing & width & 1) }
    }

    /// Widens a text; `left` says how much of what is missing goes in front.
    private mutating func pad(
        _ text: Text, width: Int, fill: Text, left: (_ missing: Int, _ width: Int) -> Int
    ) throws(TemplateError) -> Text {
        let count = CodePoints.count(text.bytes)
        guard width > count else { return text }
        let missing = width - count
        try chargeText(missing > limits.outputBytes ? .max : text.bytes.count + missing * fill.bytes.count)
        let before = left(missing, width)
        var builder = TextBuilder()
        for _ in 0..<before { builder.append(fill) }
        builder.append(text)
        for _ in before..<missing { builder.append(fill) }
        return builder.finish().markup(text.isMarkup)
    }

    private mutating func zeroFill(_ text: Text, width: Int) throws(TemplateError) -> Text {
        let hasSign = text.bytes.first == UInt8(ascii: "-") || text.bytes.first == UInt8(ascii: "+")
        let sign = text.slice(0..<(hasSign ? 1 : 0))
        let digits = text.slice((hasSign ? 1 : 0)..<text.bytes.count)
        let width = hasSign ? max(width, 1) - 1 : width
        return sign + (try pad(digits, width: width, fill: Text("0", .template)) { missing, _ in missing })
    }

    private mutating func expandTabs(_ text: Text, width: Int) throws(TemplateError) -> Value {
        var builder = TextBuilder()
        var column = 0
        let starts = CodePoints.starts(text.bytes)
        for (start, end) in zip(starts, starts.dropFirst()) {
            switch text.bytes[start] {
            case UInt8(ascii: "\t"):
                let spaces = width > 0 ? width - column % width : 0
                try chargeText(builder.bytes.count > limits.outputBytes - spaces ? .max : spaces)
                builder.append(Text(Array(repeating: UInt8(ascii: " "), count: spaces), .input))
                column += spaces
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                builder.append(text, start..<end)
                column = 0
            default:
                builder.append(text, start..<end)
                column += 1
            }
        }
        return .string(builder.finish().markup(text.isMarkup))
    }
}
