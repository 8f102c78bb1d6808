/// The digits of the numbers without a sign between two bounds, worked out from the first digit to the last.
struct MagnitudeRange {
    let lower: NumberRange.Bound
    let upper: NumberRange.Bound?
    let isInteger: Bool

    /// A bound's digits from some place on; after its last come zeros.
    private struct Edge {
        var digits: ArraySlice<UInt8>
        let isExclusive: Bool

        init(_ bound: NumberRange.Bound) {
            digits = bound.value.fraction[...]
            isExclusive = bound.isExclusive
        }

        var first: UInt8 { digits.first ?? 0 }
        var isZero: Bool { digits.allSatisfy { $0 == 0 } }

        var rest: Edge {
            var rest = self
            rest.digits = digits.dropFirst()
            return rest
        }
    }

    var expression: GrammarExpression {
        let low = lower.value.whole
        let lowEdge = Edge(lower)
        guard let upper else {
            return .choice([
                .sequence([Self.text(low), fraction(from: lowEdge, to: nil)]),
                .sequence([wholes(above: low, below: nil), fraction(from: nil, to: nil)]),
            ])
        }
        let high = upper.value.whole
        if upper.value.isLess(inMagnitudeThan: lower.value) { return .never }
        if low == high { return .sequence([Self.text(low), fraction(from: lowEdge, to: Edge(upper))]) }
        return .choice([
            .sequence([Self.text(low), fraction(from: lowEdge, to: nil)]),
            .sequence([wholes(above: low, below: high), fraction(from: nil, to: nil)]),
            .sequence([Self.text(high), fraction(from: nil, to: Edge(upper))]),
        ])
    }

    private static func text(_ digits: some Sequence<UInt8>) -> GrammarExpression {
        let text = digits.map { String($0) }.joined()
        return .text(text.isEmpty ? "0" : text)
    }

    private static func digits(_ first: UInt8, _ last: UInt8) -> GrammarExpression {
        guard first < last else { return text([first]) }
        return .character(CharacterSet(ranges: [UInt32(first) + 48...UInt32(last) + 48]))
    }
}

// MARK: - The integer part

extension MagnitudeRange {
    /// Integers between two, which are not among them; of all that have at most `SchemaLimits.digits` digits.
    private func wholes(above low: [UInt8], below high: [UInt8]?) -> GrammarExpression {
        guard let first = Self.successor(of: low) else { return .never }
        let last = high.map(Self.predecessor) ?? Self.nines(SchemaLimits.digits)
        guard first.count < last.count else {
            if first.count > last.count { return .never }
            return last.lexicographicallyPrecedes(first) ? .never : Self.wholes(first[...], last[...])
        }
        // Lengths of which all integers are between the two, which one expression says.
        let isFirstWhole = first == Self.power(first.count)
        let isLastWhole = last.allSatisfy { $0 == 9 }
        let shortest = first.count + (isFirstWhole ? 0 : 1)
        let longest = last.count - (isLastWhole ? 0 : 1)
        var options: [GrammarExpression] = []
        if !isFirstWhole { options.append(Self.wholes(first[...], Self.nines(first.count)[...])) }
        if shortest <= longest {
            options.append(
                .sequence([Self.digits(1, 9), .repeated(.digit, least: shortest - 1, most: longest - 1)]))
        }
        if !isLastWhole { options.append(Self.wholes(Self.power(last.count)[...], last[...])) }
        return .choice(options)
    }

    /// The digits of the least integer that has so many, and of the greatest.
    private static func power(_ count: Int) -> [UInt8] { [1] + Array(repeating: 0, count: count - 1) }
    private static func nines(_ count: Int) -> [UInt8] { Array(repeating: 9, count: count) }

    private static func successor(of digits: [UInt8]) -> [UInt8]? {
        var result = digits
        for index in result.indices.reversed() {
            if result[index] < 9 {
                result[index] += 1
                return result
            }
            result[index] = 0
        }
        return result.count < SchemaLimits.digits ? [1] + result : nil
    }

    /// The digits of one less, 0 being no digits at all; of 0, too.
    private static func predecessor(of digits: [UInt8]) -> [UInt8] {
        var result = digits
        for index in result.indices.reversed() {
            if result[index] > 0 {
                result[index] -= 1
                break
            }
            result[index] = 9
        }
        return Array(result.drop { $0 == 0 })
    }

    /// The integers from one to another of the same number of digits.
    private static func wholes(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>) -> GrammarExpression {
        guard var first = low.first, var last = high.first else { return .empty }
        let (lowRest, highRest) = (low.dropFirst(), high.dropFirst())
        let places = lowRest.count
        if first == last { return .sequence([text([first]), wholes(lowRest, highRest)]) }
        var options: [GrammarExpression] = []
        if lowRest.contains(where: { $0 != 0 }) {
            options.append(.sequence([text([first]), wholes(lowRest, nines(places)[...])]))
            first += 1
        }
        if highRest.contains(where: { $0 != 9 }) {
            let zeros = ArraySlice(repeatElement(UInt8(0), count: places))
            options.append(.sequence([text([last]), wholes(zeros, highRest)]))
            last -= 1
        }
        if first <= last {
            options.append(.sequence([digits(first, last), .repeated(.digit, least: places, most: places)]))
        }
        return .choice(options)
    }
}

// MARK: - The fraction

extension MagnitudeRange {
    /// What may follow an integer part: nothing, or a point and digits. An edge that is nil sets no bound any more.
    private func fraction(from low: Edge?, to high: Edge?) -> GrammarExpression {
        let whole = endsHere(low, high) ? GrammarExpression.empty : .never
        if isInteger { return whole }
        if low == nil, high == nil {
            return .choice([whole, .sequence([.text("."), .repeated(.digit, least: 1, most: SchemaLimits.digits)])])
        }
        return .choice([whole, .sequence([.text("."), places(from: low, to: high, at: 0)])])
    }

    /// Whether the number that ends at this place is within the edges.
    private func endsHere(_ low: Edge?, _ high: Edge?) -> Bool {
        if let low, !low.isZero || low.isExclusive { return false }
        if let high, high.isZero, high.isExclusive { return false }
        return true
    }

    /// The digits of the fraction from a place on.
    private func places(from low: Edge?, to high: Edge?, at place: Int) -> GrammarExpression {
        let low = low.flatMap { $0.isZero && !$0.isExclusive ? nil : $0 }
        if low == nil, high == nil {
            return .repeated(.digit, least: place == 0 ? 1 : 0, most: SchemaLimits.digits - place)
        }
        let end = place > 0 && endsHere(low, high) ? GrammarExpression.empty : .never
        guard place < SchemaLimits.digits else { return end }
        var first = low?.first ?? 0
        var last = high?.first ?? 9
        if let low, let high, first == last {
            return .choice([
                end, .sequence([Self.text([first]), places(from: low.rest, to: high.rest, at: place + 1)]),
            ])
        }
        var options = [end]
        if let low {
            options.append(.sequence([Self.text([first]), places(from: low.rest, to: nil, at: place + 1)]))
            first += 1
        }
        if let high {
            options.append(.sequence([Self.text([last]), places(from: nil, to: high.rest, at: place + 1)]))
            guard last > 0 else { return .choice(options) }
            last -= 1
        }
        if first <= last {
            options.append(
                .sequence([Self.digits(first, last), places(from: nil, to: nil, at: place + 1)]))
        }
        return .choice(options)
    }
}
