extension Renderer {
    private static let int = Signature("default", "base")
    private static let float = Signature("default")
    private static let round = Signature("precision", "method")
    private static let sum = Signature("attribute", "start")
    private static let extreme = Signature("case_sensitive", "attribute")
    private static let fileSize = Signature("binary")

    mutating func applyNumberFilter(
        _ filter: Filter, to value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        switch filter {
        case .int: return try toInteger(value, bind(arguments, Renderer.int, of: "int"))
        case .float:
            let fallback = try bind(arguments, Renderer.float, of: "float")[0]
            return try toFloat(value).map { .double($0) } ?? fallback ?? .double(0)
        case .round: return try round(value, bind(arguments, Renderer.round, of: "round"))
        case .sum: return try sum(value, bind(arguments, Renderer.sum, of: "sum"))
        case .max, .min:
            return try extreme(of: value, bind(arguments, Renderer.extreme, of: filter.rawValue), isMax: filter == .max)
        case .filesizeformat:
            let isBinary = try bind(arguments, Renderer.fileSize, of: "filesizeformat")[0]?.isTrue ?? false
            return try fileSize(value, isBinary: isBinary)
        default:
            try requireNone(arguments, filter)
            switch value.number {
            case .integer(let number): return number < 0 ? try negate(.integer(number)) : .integer(number)
            case .double(let number): return .double(number.magnitude)
            case nil: throw fail("bad operand type for abs(): '\(value.typeName)'")
            }
        }
    }

    /// `float(value)`; nil where Python would raise a type or value error.
    private func toFloat(_ value: Value) throws(TemplateError) -> Double? {
        try requireDefined(value)
        switch value {
        case .string(let text): return PythonFloat.parse(text)
        case .largeInteger(let digits): return Double(digits.string)
        default: return value.number?.asDouble
        }
    }

    private func toInteger(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        try requireDefined(value)
        if case .largeInteger = value { return value }
        if case .double(let number) = value, number.isInfinite {
            throw fail("cannot convert float infinity to integer")
        }
        if case .string(let text) = value {
            let base = try integer(bound[1], default: 10)
            if let number = PythonInteger.parse(text, base: base) { return .integer(number) }
        }
        if case .integer(let number)? = value.number { return .integer(number) }
        guard let number = try toFloat(value), number.isFinite else { return bound[0] ?? .integer(0) }
        guard let integer = Int(exactly: number.rounded(.towardZero)) else {
            throw fail("the result is an integer outside 64 bits")
        }
        return .integer(integer)
    }

    private func round(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let method = try string(bound[1], default: Text("common", .template)).string
        guard ["common", "ceil", "floor"].contains(method) else { throw fail("method must be common, ceil or floor") }
        let precision = try integer(bound[0], default: 0)
        guard let number = value.number else { throw fail("type \(value.typeName) doesn't define __round__ method") }
        guard precision.magnitude <= 300 else { throw fail("the precision of 'round' is out of range") }
        if method == "common" {
            switch number {
            case .integer(let integer):
                guard precision < 0 else { return .integer(integer) }
                guard let rounded = PythonInteger.rounded(integer, toPowerOfTen: -precision) else {
                    throw fail("the result is an integer outside 64 bits")
                }
                return .integer(rounded)
            case .double(let double): return .double(ExactDecimal.rounded(double, precision: precision))
            }
        }
        let scale = Double("1e\(precision)") ?? 1
        let scaled = number.asDouble * scale
        guard scaled.isFinite else { throw fail("cannot convert float infinity or NaN to integer") }
        // Python's ceil and floor are integers, which have no negative zero.
        return .double((scaled.rounded(method == "ceil" ? .up : .down) + 0) / scale)
    }

    private mutating func sum(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        var total = bound[1] ?? .integer(0)
        if case .string = total { throw fail("sum() can't sum strings") }
        let path = try attributePath(bound[0]) ?? []
        for item in try items(of: value) { total = try calculate(.add, total, follow(path, from: item)) }
        return total
    }

    private mutating func extreme(
        of value: Value, _ bound: BoundArguments, isMax: Bool
    ) throws(TemplateError) -> Value {
        let isCaseSensitive = bound[0]?.isTrue ?? false
        let path = try attributePath(bound[1]) ?? []
        var best: (item: Value, key: Value)?
        for item in try items(of: value) {
            let value = try follow(path, from: item)
            let key = try caseKey(value, isCaseSensitive: isCaseSensitive)
            guard let current = best else {
                best = (item, key)
                continue
            }
            if isMax ? try precedes(current.key, key) : try precedes(key, current.key) { best = (item, key) }
        }
        return best?.item ?? .undefined(Undefined(.nothing))
    }

    private func fileSize(_ value: Value, isBinary: Bool) throws(TemplateError) -> Value {
        guard let bytes = try toFloat(value) else { throw fail("could not convert to float") }
        let base: Double = isBinary ? 1024 : 1000
        if bytes == 1 { return .input("1 Byte") }
        guard bytes.isFinite else { throw fail("cannot convert float to integer") }
        if bytes < base { return .input("\(PythonFloat.repr(bytes.rounded(.towardZero) + 0).dropLast(2)) Bytes") }
        let prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
        var unit = base
        for (at, prefix) in prefixes.enumerated() {
            unit *= base
            guard bytes < unit || at == prefixes.count - 1 else { continue }
            let number = ExactDecimal.fixed(base * bytes / unit, digits: 1)
            return .input("\(number) \(isBinary ? prefix.uppercased() + "iB" : prefix + "B")")
        }
        return .none
    }
}
