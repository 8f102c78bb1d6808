extension Renderer {
    /// Calls a method that exists on the receiver.
    mutating func call(
        _ method: Method, on receiver: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        try charge(1)
        switch receiver {
        case .string(let text):
            try charge(text.bytes.count >> 5)
            return try call(method, onString: text, arguments)
        case .dictionary(let mapping): return try call(method, onMapping: mapping, arguments)
        case .list(let elements):
            if method == .copy { return receiver }
            return try call(method, onSequence: elements.values, arguments)
        case .tuple(let elements): return try call(method, onSequence: elements.values, arguments)
        case .range(let range):
            try charge(range.count)
            return try call(method, onSequence: range.values, arguments)
        case .loop(let place): return try call(method, ofLoop: place, arguments)
        case .cycler(let place): return call(method, ofCycler: place)
        case .bool, .integer, .double: return try call(method, onNumber: receiver, arguments)
        default: throw fail("'\(receiver.typeName)' object has no method '\(method.rawValue)'")
        }
    }

    private mutating func call(_ method: Method, ofCycler place: Int) -> Value {
        let item = cyclers[place].items[cyclers[place].position]
        cyclers[place].position = method == .reset ? 0 : (cyclers[place].position + 1) % cyclers[place].items.count
        return method == .reset ? .none : item
    }

    private mutating func call(
        _ method: Method, onNumber value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        guard arguments.isEmpty else { throw fail("\(method.rawValue)() takes no arguments") }
        switch value.number {
        case .integer(let number):
            switch method {
            case .bitCount: return .integer(number.magnitude.nonzeroBitCount)
            case .bitLength: return .integer(Int.bitWidth - number.magnitude.leadingZeroBitCount)
            case .asIntegerRatio: return try tuple([.integer(number), .integer(1)])
            default: return .integer(number)
            }
        case .double(let number):
            switch method {
            case .isInteger: return .bool(number.isFinite && number.rounded() == number)
            case .asIntegerRatio:
                var (scaled, denominator) = (number, 1)
                while scaled.rounded() != scaled, denominator < 1 << 61 {
                    scaled *= 2
                    denominator *= 2
                }
                guard let numerator = Int(exactly: scaled) else { throw fail("the ratio is outside 64 bits") }
                return try tuple([.integer(numerator), .integer(denominator)])
            default: return value
            }
        case nil: return .none
        }
    }

    private mutating func call(
        _ method: Method, onMapping mapping: Mapping, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        if method == .get {
            guard arguments.named.isEmpty, (1...2).contains(arguments.positional.count) else {
                throw fail("get expected 1 or 2 positional arguments")
            }
            if let value = mapping[try hashKey(arguments.positional[0])] { return value }
            return arguments.positional.count == 2 ? arguments.positional[1] : .none
        }
        guard arguments.isEmpty else { throw fail("\(method.rawValue)() takes no arguments") }
        switch method {
        case .items: return .view(MappingView(kind: .items, dictionary: mapping))
        case .keys: return .view(MappingView(kind: .keys, dictionary: mapping))
        case .values: return .view(MappingView(kind: .values, dictionary: mapping))
        default: return .dictionary(mapping)
        }
    }

    private mutating func call(
        _ method: Method, onSequence values: [Value], _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        try charge(values.count)
        guard arguments.named.isEmpty, let element = arguments.positional.first else {
            throw fail("\(method.rawValue) takes one argument")
        }
        if method == .count {
            guard arguments.positional.count == 1 else { throw fail("count() takes exactly one argument") }
            var count = 0
            for value in values where try equal(value, element) { count += 1 }
            return .integer(count)
        }
        guard arguments.positional.count <= 3 else { throw fail("index expected at most 3 arguments") }
        func bound(_ at: Int, _ fallback: Int) throws(TemplateError) -> Int {
            let given = try integer(arguments.positional.count > at ? arguments.positional[at] : nil, default: fallback)
            return min(max(given < 0 ? given + values.count : given, 0), values.count)
        }
        let (start, stop) = (try bound(1, 0), try bound(2, values.count))
        for at in start..<max(start, stop) where try equal(values[at], element) { return .integer(at) }
        throw fail("the value is not in the sequence")
    }
}
