extension Renderer {
    /// The value of an expression.
    mutating func evaluate(_ expression: ExpressionID) throws(TemplateError) -> Value {
        try charge(1)
        switch program.expressions[Int(expression)] {
        case .constant(let place): return program.constants[Int(place)]
        case .variable(let variable): return evaluate(variable)
        case .captured: return captured
        default: break
        }
        try descend()
        let value = try evaluateNode(expression, program.expressions[Int(expression)])
        ascend()
        return value
    }

    private func evaluate(_ variable: Variable) -> Value {
        let value = load(variable)
        guard case .missing = value else { return value }
        switch variable {
        case .context(let name), .slot(_, _, let name): return .undefined(Undefined(.variable, name: name))
        }
    }

    private mutating func evaluateNode(
        _ expression: ExpressionID, _ node: Expression
    ) throws(TemplateError) -> Value {
        switch node {
        // What `evaluate` has answered already, and what scope resolution has replaced.
        case .constant, .variable, .captured, .name: return .none
        case .attribute(let value, let name):
            if let place = try locate(expression, .left) { return place.pointee }
            return try attribute(evaluate(value), name)
        case .member(let value, let name):
            if let place = try locate(expression, .left) { return place.pointee }
            return try member(evaluate(value), name)
        case .item(let value, let key): return try item(of: evaluate(value), key: evaluate(key))
        case .slice(let value, let place): return try evaluateSlice(value, program.slices[Int(place)])
        case .call(let callee, let list): return try evaluateCall(of: callee, list)
        case .filter(let value, let filter, let list): return try evaluateFilter(value, filter, list)
        case .test(let value, let test, let list): return .bool(try evaluateTest(value, test, list))
        case .unknown(_, let name, let isFilter):
            throw fail("No \(isFilter ? "filter" : "test") named '\(program.names[Int(name)].text.string)' found.")
        case .not(let value): return .bool(try !isTrue(value))
        case .negative(let value):
            let operand = try evaluate(value)
            return try negate(operand)
        case .positive(let value):
            let operand = try evaluate(value)
            return try positive(operand)
        case .and(let left, let right):
            let value = try evaluate(left)
            return value.isTrue ? try evaluate(right) : value
        case .or(let left, let right):
            let value = try evaluate(left)
            return value.isTrue ? value : try evaluate(right)
        case .arithmetic(let symbol, let left, let right):
            return try calculate(symbol, evaluate(left), evaluate(right))
        case .compare(let comparison, let left, let right):
            return .bool(try isTrueComparison(comparison, left, right))
        case .comparisons(let first, let place): return .bool(try evaluateComparisons(first, place))
        case .sum(let place): return try evaluateSum(place)
        case .concatenation(let place): return try concatenate(place)
        case .list(let place): return try list(evaluateAll(place))
        case .tuple(let place): return try tuple(evaluateAll(place))
        case .dictionary(let place): return try evaluateDictionary(place)
        case .conditional(let test, let then, let otherwise):
            if try isTrue(test) { return try evaluate(then) }
            return otherwise < 0 ? .undefined(Undefined(.conditional)) : try evaluate(otherwise)
        }
    }

    private mutating func evaluateAll(_ place: Int32) throws(TemplateError) -> [Value] {
        let expressions = program.lists[Int(place)]
        var values: [Value] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression)) }
        return values
    }

    private mutating func evaluateDictionary(_ place: Int32) throws(TemplateError) -> Value {
        let expressions = program.lists[Int(place)]
        var builder = Mapping.Builder(reserving: expressions.count / 2)
        for at in stride(from: 0, to: expressions.count, by: 2) {
            let key = try hashKey(evaluate(expressions[at]))
            builder[key] = try evaluate(expressions[at + 1])
        }
        return try dictionary(builder)
    }

    private mutating func concatenate(_ place: Int32) throws(TemplateError) -> Value {
        var builder = TextBuilder()
        for expression in program.lists[Int(place)] {
            builder.append(try text(of: evaluate(expression)))
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        try chargeText(builder.bytes.count)
        return .string(builder.finish())
    }

    // MARK: Comparison

    private mutating func evaluateComparisons(_ first: ExpressionID, _ place: Int32) throws(TemplateError) -> Bool {
        var left = try evaluate(first)
        for comparison in program.comparisons[Int(place)] {
            let right = try evaluate(comparison.operand)
            guard try compare(comparison.comparison, left, right) else { return false }
            left = right
        }
        return true
    }

    mutating func compare(
        _ comparison: ComparisonOperator, _ left: Value, _ right: Value
    ) throws(TemplateError) -> Bool {
        switch comparison {
        case .equal: return try equal(left, right)
        case .notEqual: return try !equal(left, right)
        case .less: return try precedes(left, right)
        case .greater: return try precedes(right, left)
        case .atMost: return try precedes(left, right, orEqual: true)
        case .atLeast: return try precedes(right, left, orEqual: true)
        case .isIn: return try contains(right, left)
        case .isNotIn: return try !contains(right, left)
        }
    }

    /// Python's `element in container`.
    mutating func contains(_ container: Value, _ element: Value) throws(TemplateError) -> Bool {
        switch container {
        case .string(let text):
            guard case .string(let part) = element else {
                throw fail("'in <string>' requires string as left operand, not \(element.typeName)")
            }
            try chargeText(text.bytes.count)
            return ByteSearch.first(of: part.bytes, in: text.bytes) != nil
        case .dictionary(let mapping): return mapping[try hashKey(element)] != nil
        case .view(let view) where view.kind == .keys: return view.dictionary[try hashKey(element)] != nil
        case .range(let range):
            try charge(range.count)
            return range.values.contains { $0.equals(element) }
        case .list, .tuple, .view, .iterator, .undefined:
            let values = try items(of: container)
            for value in values where try equal(value, element) { return true }
            return false
        default: throw fail("argument of type '\(container.typeName)' is not iterable")
        }
    }

    // MARK: What Python would refuse

    func requireDefined(_ value: Value) throws(TemplateError) {
        if case .undefined(let undefined) = value { throw fail(undefined.message(names: program.names)) }
    }

    /// What iterating over a value gives; an iterator is used up by it.
    mutating func items(of value: Value) throws(TemplateError) -> [Value] {
        switch value {
        case .list(let elements), .tuple(let elements): return elements.values
        case .dictionary(let mapping): return mapping.keys
        case .view(let view):
            try charge(view.dictionary.count)
            return view.values
        case .string(let text):
            try charge(text.bytes.count)
            let starts = CodePoints.starts(text.bytes)
            return zip(starts, starts.dropFirst()).map { .string(text.slice($0..<$1).markup(false)) }
        case .range(let range):
            try charge(range.count)
            return range.values
        case .iterator(let place):
            let position = iterators[place].position
            iterators[place].position = iterators[place].values.count
            return position == 0 ? iterators[place].values : Array(iterators[place].values.dropFirst(position))
        case .undefined: return []
        default: throw fail("'\(value.typeName)' object is not iterable")
        }
    }
}
