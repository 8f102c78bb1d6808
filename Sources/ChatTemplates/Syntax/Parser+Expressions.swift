extension Parser {
    /// Parses an expression; a conditional one only where `allowsConditional`.
    mutating func parseExpression(allowsConditional: Bool = true) throws(TemplateError) -> ExpressionID {
        try open()
        defer { close() }
        return allowsConditional ? try parseConditional() : try parseOr()
    }

    private mutating func parseConditional() throws(TemplateError) -> ExpressionID {
        var value = try parseOr()
        while skip("if") {
            let test = try parseOr()
            let otherwise = skip("else") ? try parseExpression() : -1
            let parts = otherwise < 0 ? [test, value] : [test, value, otherwise]
            value = try add(.conditional(test: test, then: value, otherwise: otherwise), over: parts)
        }
        return value
    }

    private mutating func parseOr() throws(TemplateError) -> ExpressionID {
        var left = try parseAnd()
        while skip("or") {
            let right = try parseAnd()
            left = try add(.or(left, right), over: [left, right])
        }
        return left
    }

    private mutating func parseAnd() throws(TemplateError) -> ExpressionID {
        var left = try parseNot()
        while skip("and") {
            let right = try parseNot()
            left = try add(.and(left, right), over: [left, right])
        }
        return left
    }

    private mutating func parseNot() throws(TemplateError) -> ExpressionID {
        guard skip("not") else { return try parseComparison() }
        try open()
        defer { close() }
        let operand = try parseNot()
        return try add(.not(operand), over: [operand])
    }

    private mutating func parseComparison() throws(TemplateError) -> ExpressionID {
        let first = try parseSum()
        var rest: [Comparison] = []
        while let comparison = skipComparisonOperator() {
            rest.append(Comparison(comparison: comparison, operand: try parseSum()))
        }
        if rest.isEmpty { return first }
        if rest.count == 1 {
            let operand = rest[0].operand
            return try add(.compare(rest[0].comparison, first, operand), over: [first, operand])
        }
        program.comparisons.append(rest)
        let place = Int32(program.comparisons.count - 1)
        return try add(.comparisons(first, place), over: [first] + rest.map(\.operand))
    }

    private mutating func skipComparisonOperator() -> ComparisonOperator? {
        let found: ComparisonOperator
        switch current.kind {
        case .symbol(.equal): found = .equal
        case .symbol(.notEqual): found = .notEqual
        case .symbol(.less): found = .less
        case .symbol(.atMost): found = .atMost
        case .symbol(.greater): found = .greater
        case .symbol(.atLeast): found = .atLeast
        case .name("in"): found = .isIn
        case .name("not") where next.kind == .name("in"):
            advance()
            found = .isNotIn
        default: return nil
        }
        advance()
        return found
    }

    private mutating func parseSum() throws(TemplateError) -> ExpressionID {
        // Operands that are to be added, from the left.
        var operands = [try parseConcatenation()]
        while isAt(.plus) || isAt(.minus) {
            let isMinus = isAt(.minus)
            advance()
            let right = try parseConcatenation()
            if isMinus {
                let left = try addSum(operands)
                operands = [try add(.arithmetic(.subtract, left, right), over: [left, right])]
            } else if let last = operands.last, let first = program.text(last), let second = program.text(right) {
                operands[operands.count - 1] = try addConstant(.string(first + second))
            } else {
                operands.append(right)
            }
        }
        return try addSum(operands)
    }

    private mutating func addSum(_ operands: [ExpressionID]) throws(TemplateError) -> ExpressionID {
        switch operands.count {
        case 1: operands[0]
        case 2: try add(.arithmetic(.add, operands[0], operands[1]), over: operands)
        default: try add(.sum(program.add(operands)), over: operands)
        }
    }

    private mutating func parseConcatenation() throws(TemplateError) -> ExpressionID {
        var operands = [try parseProduct()]
        while skip(.tilde) { operands.append(try parseProduct()) }
        if operands.count == 1 { return operands[0] }
        return try add(.concatenation(program.add(operands)), over: operands)
    }

    private mutating func parseProduct() throws(TemplateError) -> ExpressionID {
        var left = try parsePower()
        while let symbol = skipArithmetic([
            .multiply: .multiply, .divide: .divide, .floorDivide: .floorDivide, .modulo: .modulo,
        ]) {
            let right = try parsePower()
            left = try add(.arithmetic(symbol, left, right), over: [left, right])
        }
        return left
    }

    private mutating func parsePower() throws(TemplateError) -> ExpressionID {
        var left = try parseUnary()
        while skip(.power) {
            let right = try parseUnary()
            left = try add(.arithmetic(.power, left, right), over: [left, right])
        }
        return left
    }

    private mutating func skipArithmetic(_ operators: [Symbol: ArithmeticOperator]) -> ArithmeticOperator? {
        guard case .symbol(let symbol) = current.kind, let found = operators[symbol] else { return nil }
        advance()
        return found
    }

    private mutating func parseUnary(withFilters: Bool = true) throws(TemplateError) -> ExpressionID {
        var value: ExpressionID
        if isAt(.minus) || isAt(.plus) {
            let isMinus = isAt(.minus)
            advance()
            try open()
            let operand = try parseUnary(withFilters: false)
            close()
            value = try add(isMinus ? .negative(operand) : .positive(operand), over: [operand])
        } else {
            value = try parsePrimary()
        }
        value = try parsePostfix(value)
        return withFilters ? try parseFiltersAndTests(value) : value
    }

    // MARK: Tuples and targets

    /// Parses one expression, or several with commas between them as a tuple.
    mutating func parseTuple(
        allowsConditional: Bool = true, inParentheses: Bool = false
    ) throws(TemplateError) -> ExpressionID {
        let (items, isTuple) = try parseItems { (parser) throws(TemplateError) in
            try parser.parseExpression(allowsConditional: allowsConditional)
        }
        if !isTuple, let item = items.first { return item }
        guard isTuple || inParentheses else {
            throw fail("Expected an expression, got '\(current.description)'")
        }
        return try add(.tuple(program.add(items)), over: items)
    }

    /// Parses items with commas between them, as far as they go.
    private mutating func parseItems<Item>(
        item: (inout Parser) throws(TemplateError) -> Item
    ) throws(TemplateError) -> (items: [Item], isTuple: Bool) {
        var items: [Item] = []
        var isTuple = false
        while true {
            if isTuple { try expect(.comma) }
            if current.kind == .variableEnd || current.kind == .blockEnd || isAt(.closeParenthesis) { break }
            items.append(try item(&self))
            guard isAt(.comma) else { break }
            isTuple = true
        }
        return (items, isTuple)
    }

    /// Parses what an assignment or a loop writes to.
    mutating func parseTarget(
        allowsNamespace: Bool = false
    ) throws(TemplateError) -> Target {
        let (targets, isTuple) = try parseItems { (parser) throws(TemplateError) in
            try parser.parseSingleTarget(allowsNamespace: allowsNamespace)
        }
        if !isTuple, let target = targets.first { return target }
        guard isTuple else { throw fail("Expected an expression, got '\(current.description)'") }
        return .tuple(targets)
    }

    private mutating func parseSingleTarget(allowsNamespace: Bool) throws(TemplateError) -> Target {
        if allowsNamespace, case .name(let name) = current.kind, next.kind == .symbol(.dot),
            !Parser.literals.keys.contains(name)
        {
            advance()
            advance()
            return .attribute(of: try addName(name), name: program.name(try expectName()))
        }
        let line = line
        return try target(from: try parsePrimary(), line: line)
    }

    private mutating func target(from expression: ExpressionID, line: Int) throws(TemplateError) -> Target {
        switch program.expressions[Int(expression)] {
        case .name(let name):
            if program.names[Int(name)].text.string == "loop" { assignmentsToLoop += 1 }
            return .name(name)
        case .tuple(let list):
            var targets: [Target] = []
            for item in program.lists[Int(list)] { targets.append(try target(from: item, line: line)) }
            return .tuple(targets)
        default: throw fail("can't assign to an expression", line: line)
        }
    }
}
