extension Renderer {
    /// Where the value of a constant, a variable or a member of one is, so that it need not be copied; nil where the
    /// expression is anything else and must be evaluated.
    ///
    /// The place is good until the next expression is evaluated; locating another on the other side does not hurt it.
    mutating func locate(_ expression: ExpressionID, _ side: Side) throws(TemplateError) -> UnsafePointer<Value>? {
        switch program.expressions[Int(expression)] {
        case .constant(let place):
            try charge(1)
            return program.constants.at(Int(place))
        case .variable(let variable):
            let place = place(of: variable)
            if case .missing = place.pointee { return nil }
            try charge(1)
            return place
        case .attribute(let value, let name): return try locateMember(of: value, name, isAttribute: true, side)
        case .member(let value, let name): return try locateMember(of: value, name, isAttribute: false, side)
        default: return nil
        }
    }

    private mutating func locateMember(
        of expression: ExpressionID, _ name: Int32, isAttribute: Bool, _ side: Side
    ) throws(TemplateError) -> UnsafePointer<Value>? {
        guard let place = try locate(expression, side) else { return nil }
        let known = program.names[Int(name)]
        switch place.pointee {
        case .dictionary(let mapping):
            if known.method != nil { return nil }
            try charge(1)
            if let found = mapping.place(of: known) { return found }
            return self.place(of: .undefined(Undefined(isAttribute ? .attribute : .element, name: name)), in: side)
        case .namespace(let number) where namespaces[number].names.count < 64:
            guard isAttribute, known.method == nil, !known.isPrivate, let found = namespaces[number][known.text] else {
                return nil
            }
            try charge(1)
            return self.place(of: found, in: side)
        case .loop(let number):
            guard isAttribute, let attribute = known.loopAttribute, let value = plainAttribute(attribute, of: number)
            else { return nil }
            try charge(1)
            return self.place(of: value, in: side)
        default: return nil
        }
    }

    /// Whether the value of an expression is true.
    mutating func isTrue(_ expression: ExpressionID) throws(TemplateError) -> Bool {
        switch program.expressions[Int(expression)] {
        case .constant, .variable, .attribute, .member:
            if let place = try locate(expression, .left) { return place.pointee.isTrue }
            return try evaluate(expression).isTrue
        case .not, .and, .or, .compare, .test: break
        default: return try evaluate(expression).isTrue
        }
        try charge(1)
        try descend()
        let result = try isTrueNode(program.expressions[Int(expression)])
        ascend()
        return result
    }

    private mutating func isTrueNode(_ expression: Expression) throws(TemplateError) -> Bool {
        switch expression {
        case .not(let value): return try !isTrue(value)
        case .and(let left, let right):
            if try !isTrue(left) { return false }
            return try isTrue(right)
        case .or(let left, let right):
            if try isTrue(left) { return true }
            return try isTrue(right)
        case .compare(let comparison, let left, let right): return try isTrueComparison(comparison, left, right)
        case .test(let value, let test, let list): return try evaluateTest(value, test, list)
        default: return false
        }
    }

    /// The result of one comparison.
    mutating func isTrueComparison(
        _ comparison: ComparisonOperator, _ left: ExpressionID, _ right: ExpressionID
    ) throws(TemplateError) -> Bool {
        guard comparison == .equal || comparison == .notEqual, let first = try locate(left, .left) else {
            return try compare(comparison, evaluate(left), evaluate(right))
        }
        guard let second = try locate(right, .right) else {
            let value = first.pointee
            return try compare(comparison, value, evaluate(right))
        }
        return try equal(first.pointee, second.pointee) == (comparison == .equal)
    }
}
