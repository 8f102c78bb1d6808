#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Renderer {
    mutating func calculate(
        _ symbol: ArithmeticOperator, _ left: Value, _ right: Value
    ) throws(TemplateError) -> Value {
        if let first = left.number, let second = right.number {
            return try calculate(symbol, first, second).asValue
        }
        switch (symbol, left, right) {
        case (.add, .string(let left), .string(let right)):
            try chargeText(left.bytes.count + right.bytes.count)
            return .string(left + right)
        case (.add, .list(let left), .list(let right)): return try list(left.values + right.values)
        case (.add, .tuple(let left), .tuple(let right)): return try tuple(left.values + right.values)
        case (.multiply, _, _):
            if let repeated = try multiply(left, right) { return repeated }
            if let repeated = try multiply(right, left) { return repeated }
        case (.modulo, .string(let format), _): return .string(try formatPercent(format, right))
        default: break
        }
        try requireDefined(left)
        try requireDefined(right)
        throw fail("unsupported operand type(s) for \(symbol): '\(left.typeName)' and '\(right.typeName)'")
    }

    /// A sequence as often as the number says; nil if that is not what the operands are.
    private mutating func multiply(_ sequence: Value, _ number: Value) throws(TemplateError) -> Value? {
        guard case .integer(let given)? = number.number else { return nil }
        let times = max(given, 0)
        switch sequence {
        case .string(let text):
            let (count, overflow) = text.bytes.count.multipliedReportingOverflow(by: times)
            try chargeText(overflow ? .max : count)
            var builder = TextBuilder(reserving: count)
            if count > 0 { for _ in 0..<times { builder.append(text) } }
            return .string(builder.finish().markup(text.isMarkup))
        case .list(let elements): return try list(repeating(elements.values, times))
        case .tuple(let elements): return try tuple(repeating(elements.values, times))
        default: return nil
        }
    }

    private mutating func repeating(_ values: [Value], _ times: Int) throws(TemplateError) -> [Value] {
        let (count, overflow) = values.count.multipliedReportingOverflow(by: times)
        try charge(overflow ? limits.steps : count)
        return count == 0 ? [] : Array(repeatElement(values, count: times).joined())
    }

    // MARK: Numbers

    private func calculate(
        _ symbol: ArithmeticOperator, _ left: Number, _ right: Number
    ) throws(TemplateError) -> Number {
        if case .integer(let left) = left, case .integer(let right) = right {
            return try calculate(symbol, left, right)
        }
        let (left, right) = (left.asDouble, right.asDouble)
        switch symbol {
        case .add: return .double(left + right)
        case .subtract: return .double(left - right)
        case .multiply: return .double(left * right)
        case .divide:
            guard right != 0 else { throw fail("float division by zero") }
            return .double(left / right)
        case .floorDivide:
            guard right != 0 else { throw fail("float floor division by zero") }
            let quotient = ((left - floorRemainder(left, right)) / right).rounded()
            return .double(quotient == 0 ? Double(signOf: left / right, magnitudeOf: 0) : quotient)
        case .modulo:
            guard right != 0 else { throw fail("float modulo") }
            return .double(floorRemainder(left, right))
        case .power: return .double(try power(left, right))
        }
    }

    /// The remainder with the sign of the divisor.
    private func floorRemainder(_ left: Double, _ right: Double) -> Double {
        let remainder = left.truncatingRemainder(dividingBy: right)
        if remainder == 0 { return Double(signOf: right, magnitudeOf: 0) }
        return (remainder < 0) != (right < 0) ? remainder + right : remainder
    }

    private func calculate(_ symbol: ArithmeticOperator, _ left: Int, _ right: Int) throws(TemplateError) -> Number {
        let result: (partialValue: Int, overflow: Bool)
        switch symbol {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw fail("division by zero") }
            return .double(Double(left) / Double(right))
        case .floorDivide, .modulo:
            guard right != 0 else { throw fail("integer division or modulo by zero") }
            if right == -1 { return symbol == .modulo ? .integer(0) : try negative(left) }
            let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
            let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
            return .integer(symbol == .modulo ? remainder + (isBelow ? right : 0) : quotient - (isBelow ? 1 : 0))
        case .power: return try power(left, right)
        }
        if result.overflow { throw fail("the result is an integer outside 64 bits") }
        return .integer(result.partialValue)
    }

    private func negative(_ value: Int) throws(TemplateError) -> Number {
        guard value != .min else { throw fail("the result is an integer outside 64 bits") }
        return .integer(-value)
    }

    private func power(_ base: Int, _ exponent: Int) throws(TemplateError) -> Number {
        if exponent < 0 {
            return .double(try power(Double(base), Double(exponent)))
        }
        if base == 0 || base == 1 { return .integer(exponent == 0 ? 1 : base) }
        if base == -1 { return .integer(exponent & 1 == 0 ? 1 : -1) }
        var result = 1
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { throw fail("the result is an integer outside 64 bits") }
            result = product
        }
        return .integer(result)
    }

    private func power(_ base: Double, _ exponent: Double) throws(TemplateError) -> Double {
        guard base != 0 || exponent >= 0 else { throw fail("0.0 cannot be raised to a negative power") }
        guard base >= 0 || !exponent.isFinite || exponent.rounded() == exponent else {
            throw fail("complex numbers are not supported")
        }
        let result = pow(base, exponent)
        guard result.isFinite || !base.isFinite || !exponent.isFinite else {
            throw fail("the result of ** is out of range")
        }
        return result
    }

    func negate(_ value: Value) throws(TemplateError) -> Value {
        switch value.number {
        case .integer(let number): return try negative(number).asValue
        case .double(let number): return .double(-number)
        case nil:
            try requireDefined(value)
            throw fail("bad operand type for unary -: '\(value.typeName)'")
        }
    }

    func positive(_ value: Value) throws(TemplateError) -> Value {
        if let number = value.number { return number.asValue }
        try requireDefined(value)
        throw fail("bad operand type for unary +: '\(value.typeName)'")
    }
}
