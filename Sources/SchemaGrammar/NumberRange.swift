/// The numbers between two bounds, and the digits that say them.
struct NumberRange {
    struct Bound: Equatable {
        var value: Decimal
        var isExclusive: Bool
    }

    private(set) var lower: Bound?
    private(set) var upper: Bound?

    var isBounded: Bool { lower != nil || upper != nil }

    mutating func raise(to bound: Bound) {
        guard let current = lower else { return lower = bound }
        if current.value < bound.value || (current.value == bound.value && bound.isExclusive) { lower = bound }
    }

    mutating func cut(to bound: Bound) {
        guard let current = upper else { return upper = bound }
        if bound.value < current.value || (current.value == bound.value && bound.isExclusive) { upper = bound }
    }

    func contains(_ value: Decimal) -> Bool {
        if let lower, value < lower.value || (lower.isExclusive && value == lower.value) { return false }
        if let upper, upper.value < value || (upper.isExclusive && value == upper.value) { return false }
        return true
    }

    /// The numbers' texts, without exponents; of integers only, without fractions either.
    ///
    /// Zero has no sign. Bounds of more digits than `SchemaLimits.digits` are refused.
    func expression(isInteger: Bool, at pointer: String) throws(SchemaError) -> GrammarExpression {
        for bound in [lower, upper] {
            guard let value = bound?.value else { continue }
            guard max(value.whole.count, value.fraction.count) <= SchemaLimits.digits else {
                throw SchemaError(.tooLarge(limit: "digits in a bound", most: SchemaLimits.digits), at: pointer)
            }
        }
        let zero = Decimal()
        var options: [GrammarExpression] = []
        if lower.map({ $0.value < zero }) ?? true {
            let least = upper.flatMap { $0.value < zero ? $0 : nil } ?? Bound(value: zero, isExclusive: true)
            let magnitudes = MagnitudeRange(lower: least, upper: lower, isInteger: isInteger)
            options.append(.sequence([.text("-"), magnitudes.expression]))
        }
        if upper.map({ !($0.value < zero) }) ?? true {
            let least = lower.flatMap { $0.value < zero ? nil : $0 } ?? Bound(value: zero, isExclusive: false)
            options.append(MagnitudeRange(lower: least, upper: upper, isInteger: isInteger).expression)
        }
        return .choice(options)
    }
}
