extension Renderer {
    private static let fallback = Signature("default_value", "boolean")

    mutating func apply(_ filter: Filter, to value: Value, _ arguments: CallArguments) throws(TemplateError) -> Value {
        try charge(1)
        switch filter {
        case .d, .default:
            let bound = try bind(arguments, Renderer.fallback, of: "default")
            let isReplaced = value.isUndefined || (bound[1]?.isTrue ?? false) && !value.isTrue
            return isReplaced ? bound[0] ?? .string(.empty) : value
        case .tojson: return .string(try toJSON(value, arguments))
        case .safe, .string, .e, .escape, .forceescape:
            try requireNone(arguments, filter)
            let text = try softText(of: value)
            switch filter {
            case .safe: return .string(text.markup())
            case .string: return .string(text)
            case .forceescape: return .string(text.markup(false).escaped)
            default: return .string(text.escaped)
            }
        case .capitalize, .center, .format, .indent, .lower, .replace, .striptags, .title,
            .trim, .truncate, .upper, .urlencode, .wordcount:
            return try applyTextFilter(filter, to: value, arguments)
        case .abs, .filesizeformat, .float, .int, .round, .sum, .max, .min:
            return try applyNumberFilter(filter, to: value, arguments)
        case .map, .select, .selectattr, .reject, .rejectattr:
            return try applyToEach(filter, value, arguments)
        case .sort, .unique, .groupby, .dictsort: return try applyOrderFilter(filter, to: value, arguments)
        default: return try applySequenceFilter(filter, to: value, arguments)
        }
    }

    func requireNone(_ arguments: CallArguments, _ filter: Filter) throws(TemplateError) {
        guard arguments.isEmpty else { throw fail("the filter '\(filter.rawValue)' takes no arguments") }
    }

    /// Python's `len`.
    func length(of value: Value) throws(TemplateError) -> Int {
        switch value {
        case .string(let text): return CodePoints.count(text.bytes)
        case .list(let elements), .tuple(let elements): return elements.values.count
        case .dictionary(let mapping): return mapping.count
        case .view(let view): return view.dictionary.count
        case .range(let range): return range.count
        case .undefined: return 0
        default: throw fail("object of type '\(value.typeName)' has no len()")
        }
    }
}
