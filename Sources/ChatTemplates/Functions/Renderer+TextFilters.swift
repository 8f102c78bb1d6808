extension Renderer {
    private static let trim = Signature("chars")
    private static let replace = Signature("old", "new", "count", required: 2)
    private static let center = Signature("width")
    private static let indent = Signature("width", "first", "blank")
    private static let truncate = Signature("length", "killwords", "end", "leeway")

    mutating func applyTextFilter(
        _ filter: Filter, to value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        let text = try softText(of: value)
        try charge(text.bytes.count >> 5)
        switch filter {
        case .trim:
            return .string(
                try strip(text, bind(arguments, Renderer.trim, of: "trim")[0], start: true, end: true))
        case .replace:
            let bound = try bind(arguments, Renderer.replace, of: "replace")
            let count = bound[2].flatMap { isNone($0) ? nil : $0 }
            let (old, new) = (try self.text(of: bound[0] ?? .none), try self.text(of: bound[1] ?? .none))
            return .string(try replace(text.markup(false), old, new, integer(count, default: -1)))
        case .center:
            let width = try integer(bind(arguments, Renderer.center, of: "center")[0], default: 80)
            return .string(try center(text, width: width, fill: Text(" ", .template)))
        case .indent: return .string(try indent(value, bind(arguments, Renderer.indent, of: "indent")))
        case .truncate: return try truncate(value, bind(arguments, Renderer.truncate, of: "truncate"))
        case .format:
            guard arguments.positional.isEmpty || arguments.named.isEmpty else {
                throw fail("can't handle positional and keyword arguments at the same time")
            }
            if arguments.named.isEmpty { return .string(try formatPercent(text, tuple(arguments.positional))) }
            var builder = Mapping.Builder()
            for argument in arguments.named { builder[HashKey(unchecked: .string(argument.name))] = argument.value }
            return .string(try formatPercent(text, dictionary(builder)))
        default: try requireNone(arguments, filter)
        }
        switch filter {
        case .capitalize: return .string(text.replacingBytes(PythonCase.capitalize(text.bytes)))
        case .lower: return .string(text.replacingBytes(PythonCase.lower(text.bytes)))
        case .upper: return .string(text.replacingBytes(PythonCase.upper(text.bytes)))
        case .title: return .string(text.markup(false).replacingBytes(MarkupText.title(text.bytes)))
        case .striptags: return .string(Text(MarkupText.withoutTags(text.bytes), .input))
        case .urlencode: return .string(Text(try percentEncoded(value, text), .input))
        default: return .integer(MarkupText.wordCount(text.bytes))
        }
    }

    /// Jinja's `indent`, which works on strings only.
    private mutating func indent(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Text {
        guard case .string(let text) = value else {
            try requireDefined(value)
            throw fail("unsupported operand type for indent: '\(value.typeName)'")
        }
        let newline = Text("\n", .template)
        let indention: Text
        if case .string(let given)? = bound[0] {
            indention = given
        } else {
            let width = max(0, try integer(bound[0], default: 4))
            try chargeText(width)
            indention = Text(Array(repeating: UInt8(ascii: " "), count: width), .template)
        }
        let indentsBlank = bound[2]?.isTrue ?? false
        var builder = TextBuilder()
        if bound[1]?.isTrue ?? false { builder.append(indention) }
        for (at, line) in (text + newline).lines().enumerated() {
            if at > 0 {
                builder.append(newline)
                if indentsBlank || !line.isEmpty { builder.append(indention) }
            }
            builder.append(line)
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        try chargeText(builder.bytes.count)
        return builder.finish().markup(text.isMarkup)
    }

    private mutating func truncate(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let length = try integer(bound[0], default: 255)
        let end = try string(bound[2], default: Text("...", .template))
        let leeway = try integer(bound[3].flatMap { isNone($0) ? nil : $0 }, default: 5)
        let room = length - CodePoints.count(end.bytes)
        guard room >= 0, leeway >= 0, length <= Int.max - leeway else { throw fail("expected a longer length") }
        guard try self.length(of: value) > length + leeway else { return value }
        guard case .string(let text) = value else { throw fail("truncate cuts strings only") }
        let cut = text.slice(start: nil, stop: room, step: 1)
        if bound[1]?.isTrue ?? false { return .string(cut + end) }
        return .string(cut.split(by: [UInt8(ascii: " ")], limit: 1, fromEnd: true)[0] + end)
    }

    /// Jinja's `urlencode`: of a string its bytes, of a dictionary or pairs a query.
    private mutating func percentEncoded(_ value: Value, _ text: Text) throws(TemplateError) -> [UInt8] {
        var pairs: [Value] = []
        switch value {
        case .dictionary(let mapping): pairs = MappingView(kind: .items, dictionary: mapping).values
        case .list, .tuple, .view, .range, .iterator: pairs = try items(of: value)
        default: return MarkupText.percentEncoded(text.bytes)
        }
        try charge(pairs.count)
        var bytes: [UInt8] = []
        for (at, pair) in pairs.enumerated() {
            let parts = try items(of: pair)
            guard parts.count == 2 else { throw fail("not two values to unpack") }
            if at > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes += MarkupText.percentEncoded(try self.text(of: parts[0]).bytes, inQuery: true)
            bytes.append(UInt8(ascii: "="))
            bytes += MarkupText.percentEncoded(try self.text(of: parts[1]).bytes, inQuery: true)
            if bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        return bytes
    }
}
