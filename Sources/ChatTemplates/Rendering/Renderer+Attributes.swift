extension Renderer {
    /// Jinja's `value.name`: the attribute, or else the item.
    mutating func attribute(_ value: Value, _ name: Int32) throws(TemplateError) -> Value {
        let known = program.names[Int(name)]
        if case .dictionary(let mapping) = value, known.method == nil {
            return mapping[known] ?? .undefined(Undefined(.attribute, name: name))
        }
        if case .loop(let place) = value, let attribute = known.loopAttribute {
            return try self.attribute(attribute, ofLoop: place)
        }
        try requireDefined(value)
        if let found = try attribute(value, named: known.text, method: known.method) { return found }
        if case .dictionary(let mapping) = value, let item = mapping[known] { return item }
        return .undefined(Undefined(.attribute, name: name))
    }

    /// Python's attribute of that name; nil if there is none. What the sandbox refuses is undefined.
    mutating func attribute(
        _ value: Value, named name: Text, method: Method?
    ) throws(TemplateError) -> Value? {
        if let method, method.exists(on: value) {
            if method.isUnsafe { return .undefined(Undefined(.unsafe, name: program.namePlaces[name] ?? 0)) }
            return .method(BoundMethod(value, method))
        }
        switch value {
        case .namespace(let place):
            try charge(namespaces[place].names.count >> 4)
            return name.bytes.first == UInt8(ascii: "_") ? nil : namespaces[place][name]
        case .loop(let place):
            guard let attribute = LoopAttribute(rawValue: name.string) else { return nil }
            return try self.attribute(attribute, ofLoop: place)
        case .tuple(let elements) where elements.isGroup:
            switch name.string {
            case "grouper": return elements.values[0]
            case "list": return elements.values[1]
            default: return nil
            }
        case .macro(let place):
            guard name.string == "name" else { return nil }
            let function = program.functions[closures[place].function]
            return function.name == 0 ? Value.none : .string(program.names[Int(function.name)].text)
        case .cycler(let place):
            guard name.string == "current" else { return nil }
            return cyclers[place].items[cyclers[place].position]
        case .bool, .integer:
            switch name.string {
            case "real", "numerator": return value.number?.asValue
            case "imag": return .integer(0)
            case "denominator": return .integer(1)
            default: return nil
            }
        case .double:
            switch name.string {
            case "real": return value
            case "imag": return .double(0)
            default: return nil
            }
        case .range(let range):
            switch name.string {
            case "start": return .integer(range.start)
            case "stop": return .integer(range.stop)
            case "step": return .integer(range.step)
            default: return nil
            }
        default: return nil
        }
    }

    /// Jinja's `value[key]` with a string as key: the item, or else the attribute.
    mutating func member(_ value: Value, _ name: Int32) throws(TemplateError) -> Value {
        let known = program.names[Int(name)]
        if case .dictionary(let mapping) = value {
            if let found = mapping[known] { return found }
            if known.method == nil { return .undefined(Undefined(.element)) }
        }
        try requireDefined(value)
        return try attribute(value, named: known.text, method: known.method) ?? .undefined(Undefined(.element))
    }

    /// Jinja's `value[key]`: the item, or else the attribute.
    mutating func item(of value: Value, key: Value) throws(TemplateError) -> Value {
        try requireDefined(value)
        if let found = try element(of: value, key: key) { return found }
        if case .string(let name) = key,
            let found = try attribute(value, named: name, method: Method(rawValue: name.string))
        {
            return found
        }
        return .undefined(Undefined(.element))
    }

    /// Python's `value[key]`; nil where that would raise an error.
    private mutating func element(of value: Value, key: Value) throws(TemplateError) -> Value? {
        if case .dictionary(let mapping) = value {
            try charge(key.weight)
            return HashKey(key).flatMap { mapping[$0] }
        }
        guard case .integer(let position)? = key.number else { return nil }
        switch value {
        case .list(let elements), .tuple(let elements):
            let at = position < 0 ? position + elements.values.count : position
            return elements.values.indices.contains(at) ? elements.values[at] : nil
        case .string(let text):
            try charge(text.bytes.count >> 5)
            return text.codePoint(at: position).map { .string($0) }
        case .range(let range):
            let at = position < 0 ? position + range.count : position
            return (0..<range.count).contains(at) ? range[at] : nil
        default: return nil
        }
    }

    // MARK: Slices

    mutating func evaluateSlice(_ expression: ExpressionID, _ bounds: SliceBounds) throws(TemplateError) -> Value {
        let value = try evaluate(expression)
        if bounds.isRelaxed {
            var canSlice = isSliceable(value)
            for case let bound? in [bounds.start, bounds.stop, bounds.step] where canSlice {
                canSlice = try isBound(evaluate(bound))
            }
            if !canSlice { return .undefined(Undefined(.element)) }
        }
        let start = try evaluateBound(bounds.start)
        let stop = try evaluateBound(bounds.stop)
        let step = try evaluateBound(bounds.step) ?? 1
        guard step != 0 else { throw fail("slice step cannot be zero") }
        switch value {
        case .list(let elements):
            let range = PythonSlice(start: start, stop: stop, step: step, count: elements.values.count)
            return try list(range.elements(of: elements.values))
        case .tuple(let elements):
            let range = PythonSlice(start: start, stop: stop, step: step, count: elements.values.count)
            return try tuple(range.elements(of: elements.values))
        case .string(let text):
            try chargeText(text.bytes.count)
            return .string(text.slice(start: start, stop: stop, step: step))
        case .range(let range):
            guard let slice = range.slice(start: start, stop: stop, step: step) else {
                throw fail("the result is an integer outside 64 bits")
            }
            return .range(slice)
        default:
            try requireDefined(value)
            throw fail("'\(value.typeName)' object cannot be sliced")
        }
    }

    private func isBound(_ value: Value) -> Bool {
        if case .none = value { return true }
        if case .integer? = value.number { return true }
        return false
    }

    /// Whether slicing is tried: of what is undefined it always fails.
    private func isSliceable(_ value: Value) -> Bool {
        switch value {
        case .list, .tuple, .string, .range, .undefined: true
        default: false
        }
    }

    private mutating func evaluateBound(_ expression: ExpressionID?) throws(TemplateError) -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression)
        if case .none = value { return nil }
        guard case .integer(let bound)? = value.number else {
            throw fail("slice indices must be integers or None")
        }
        return bound
    }
}
