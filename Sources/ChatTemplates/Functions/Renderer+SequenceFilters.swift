extension Renderer {
    private static let batch = Signature("linecount", "fill_with", required: 1)
    private static let slice = Signature("slices", "fill_with", required: 1)
    private static let joinParameters = Signature("d", "attribute")
    private static let attr = Signature("name", required: 1)

    mutating func applySequenceFilter(
        _ filter: Filter, to value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        switch filter {
        case .join: return .string(try join(value, arguments))
        case .batch: return try batch(value, bind(arguments, Renderer.batch, of: "batch"))
        case .slice: return try slice(value, bind(arguments, Renderer.slice, of: "slice"))
        case .attr:
            guard case .string(let name)? = try bind(arguments, Renderer.attr, of: "attr")[0] else {
                throw fail("attribute name must be string")
            }
            try requireDefined(value)
            let found = try attribute(value, named: name, method: Method(rawValue: name.string))
            return found ?? .undefined(Undefined(.element))
        default: try requireNone(arguments, filter)
        }
        switch filter {
        case .count, .length: return .integer(try length(of: value))
        case .list: return try list(items(of: value))
        case .first: return try first(of: value)
        case .last: return try last(of: value)
        case .items: return try pairs(of: value)
        default: return try reverse(value)
        }
    }

    private mutating func first(of value: Value) throws(TemplateError) -> Value {
        let nothing = Value.undefined(Undefined(.nothing))
        if case .iterator(let place) = value {
            guard iterators[place].position < iterators[place].values.count else { return nothing }
            iterators[place].position += 1
            return iterators[place].values[iterators[place].position - 1]
        }
        if case .string(let text) = value { return text.codePoint(at: 0).map { .string($0) } ?? nothing }
        return try items(of: value).first ?? nothing
    }

    private mutating func last(of value: Value) throws(TemplateError) -> Value {
        if case .iterator = value { throw fail("'generator' object is not reversible") }
        if case .string(let text) = value {
            return text.codePoint(at: -1).map { .string($0) } ?? .undefined(Undefined(.nothing))
        }
        return try items(of: value).last ?? .undefined(Undefined(.nothing))
    }

    private mutating func pairs(of value: Value) throws(TemplateError) -> Value {
        switch value {
        case .undefined: return try iterator([])
        case .dictionary(let mapping): return try iterator(MappingView(kind: .items, dictionary: mapping).values)
        default: throw fail("Can only get item pairs from a mapping.")
        }
    }

    private mutating func reverse(_ value: Value) throws(TemplateError) -> Value {
        if case .string(let text) = value {
            try charge(text.bytes.count)
            return .string(text.slice(start: nil, stop: nil, step: -1))
        }
        if case .iterator = value { return try list(items(of: value).reversed()) }
        return try iterator(items(of: value).reversed())
    }

    private mutating func join(_ value: Value, _ arguments: CallArguments) throws(TemplateError) -> Text {
        let bound = try bind(arguments, Renderer.joinParameters, of: "join")
        let separator = try text(of: bound[0] ?? .string(.empty))
        let path = try attributePath(bound[1]) ?? []
        var builder = TextBuilder()
        for (at, item) in try items(of: value).enumerated() {
            if at > 0 { builder.append(separator) }
            builder.append(try text(of: follow(path, from: item)))
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        try chargeText(builder.bytes.count)
        return builder.finish()
    }

    // MARK: Groups of a fixed size

    private mutating func batch(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let count = try integer(bound[0], default: 1)
        var batches: [Value] = []
        var batch: [Value] = []
        for item in try items(of: value) {
            if batch.count == count {
                batches.append(try list(batch))
                batch = []
            }
            batch.append(item)
        }
        if !batch.isEmpty {
            if let fill = bound[1], !isNone(fill), batch.count < count {
                try charge(count - batch.count)
                batch += repeatElement(fill, count: count - batch.count)
            }
            batches.append(try list(batch))
        }
        return try iterator(batches)
    }

    private mutating func slice(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let count = try integer(bound[0], default: 1)
        let values = try items(of: value)
        guard count != 0 else { throw fail("integer division or modulo by zero") }
        guard count > 0 else { return try iterator([]) }
        try charge(count)
        let (size, rest) = values.count.quotientAndRemainder(dividingBy: count)
        var slices: [Value] = []
        var start = 0
        for number in 0..<count {
            let end = start + size + (number < rest ? 1 : 0)
            var part = Array(values[start..<end])
            if let fill = bound[1], !isNone(fill), number >= rest { part.append(fill) }
            slices.append(try list(part))
            start = end
        }
        return try iterator(slices)
    }

    func isNone(_ value: Value) -> Bool {
        if case .none = value { return true }
        return false
    }

    // MARK: Map, select, reject

    mutating func applyToEach(
        _ filter: Filter, _ value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        guard value.isTrue else { return try iterator([]) }
        let change = try itemFunction(filter, arguments)
        var results: [Value] = []
        for item in try items(of: value) {
            try charge(1)
            let result = try change(&self, item)
            if filter == .map {
                results.append(result)
            } else if result.isTrue == (filter == .select || filter == .selectattr) {
                results.append(item)
            }
        }
        return try iterator(results)
    }

    private typealias ItemFunction = (inout Renderer, Value) throws(TemplateError) -> Value

    /// What `map`, `select` and their like do to each item.
    private func itemFunction(_ filter: Filter, _ arguments: CallArguments) throws(TemplateError) -> ItemFunction {
        var rest = arguments
        if filter == .map { return try mapFunction(arguments) }
        var path: [Value] = []
        if filter == .selectattr || filter == .rejectattr {
            guard let attribute = arguments.positional.first else {
                throw fail("Missing parameter for attribute name")
            }
            path = try attributePath(attribute) ?? []
            rest = rest.dropFirst
        }
        guard let name = rest.positional.first else {
            return { (renderer, item) throws(TemplateError) in
                .bool(try renderer.follow(path, from: item).isTrue)
            }
        }
        guard case .string(let testName) = name, let test = Test(name: testName.string) else {
            throw fail("No test named '\(PythonRepr.scalar(name))'.")
        }
        let testArguments = rest.dropFirst
        return { (renderer, item) throws(TemplateError) in
            .bool(try renderer.check(test, renderer.follow(path, from: item), testArguments))
        }
    }

    private static let mapParameters = Signature("attribute", "default", required: 1)

    private func mapFunction(_ arguments: CallArguments) throws(TemplateError) -> ItemFunction {
        if arguments.positional.isEmpty, arguments.named.contains(where: { $0.name.string == "attribute" }) {
            let bound = try bind(arguments, Renderer.mapParameters, of: "map")
            let path = try attributePath(bound[0]) ?? []
            let fallback = bound[1].flatMap { isNone($0) ? nil : $0 }
            return { (renderer, item) throws(TemplateError) in
                try renderer.follow(path, from: item, default: fallback)
            }
        }
        guard let name = arguments.positional.first else { throw fail("map requires a filter argument") }
        guard case .string(let filterName) = name, let filter = Filter(rawValue: filterName.string) else {
            throw fail("No filter named '\(PythonRepr.scalar(name))'.")
        }
        let filterArguments = arguments.dropFirst
        return { (renderer, item) throws(TemplateError) in try renderer.apply(filter, to: item, filterArguments) }
    }

    // MARK: Attribute paths

    /// The keys of `attribute="a.b.0"`; nil if no attribute was given.
    func attributePath(_ attribute: Value?) throws(TemplateError) -> [Value]? {
        switch attribute {
        case nil, .some(.none): return nil
        case .string(let text):
            return text.split(by: [UInt8(ascii: ".")], limit: .max, fromEnd: false).map { part in
                if PythonClass.holds(.isdigit, part.bytes), let position = Int(part.string) {
                    return .integer(position)
                }
                return .string(part)
            }
        case .some(let value): return [value]
        }
    }

    /// Follows an attribute path; what is undefined on the way becomes the default, if there is one.
    mutating func follow(
        _ path: [Value], from value: Value, default fallback: Value? = nil
    ) throws(TemplateError) -> Value {
        var value = value
        for key in path {
            value = try item(of: value, key: key)
            if let fallback, value.isUndefined { value = fallback }
        }
        return value
    }
}
