/// Draws texts that a GBNF grammar matches.
struct GrammarSampler {
    private let rules: [String: GrammarMatcher.Node]
    /// The least depth of a derivation of each rule.
    private var heights: [String: Int] = [:]
    private var random: SplitMix
    /// Rules that may be entered before the shortest way out is taken.
    private var budget = 0

    /// Characters that mean something in some notation, drawn more often than others.
    private static let pool = Array("<>/\"'\\\n ]}{[,:=|&;_-.09azAZé😀\u{7F}nul".unicodeScalars.map(\.value))

    init(_ matcher: GrammarMatcher, seed: UInt64) {
        rules = matcher.rules
        random = SplitMix(seed: seed)
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for (name, node) in rules where heights[name] == nil {
                guard let height = height(node) else { continue }
                heights[name] = height + 1
                hasChanged = true
            }
        }
    }

    mutating func text(budget: Int) -> String {
        self.budget = budget
        var scalars: [UInt32] = []
        write(.rule("root"), into: &scalars)
        return String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    }

    private func height(_ node: GrammarMatcher.Node) -> Int? {
        switch node {
        case .literal, .set: return 0
        case .rule(let name): return heights[name]
        case .sequence(let parts):
            var most = 0
            for part in parts {
                guard let height = height(part) else { return nil }
                most = max(most, height)
            }
            return most
        case .choice(let options): return options.compactMap(height).min()
        case .repeated(let item, let least, _): return least == 0 ? 0 : height(item)
        }
    }

    private mutating func write(_ node: GrammarMatcher.Node, into text: inout [UInt32]) {
        switch node {
        case .literal(let literal): text += literal
        case .set(let ranges, let isInverted): text.append(character(ranges, isInverted))
        case .rule(let name):
            budget -= 1
            write(rules[name] ?? .choice([]), into: &text)
        case .sequence(let parts): for part in parts { write(part, into: &text) }
        case .choice(let options):
            var options = options
            if budget <= 0 {
                let least = options.compactMap(height).min()
                options = options.filter { height($0) == least }
            }
            if let option = options.randomElement(using: &random) { write(option, into: &text) }
        case .repeated(let item, let least, let most):
            let extra = budget <= 0 ? 0 : Int.random(in: 0...min(most - least, 4), using: &random)
            for _ in 0..<(least + extra) { write(item, into: &text) }
        }
    }

    private mutating func character(_ ranges: [ClosedRange<UInt32>], _ isInverted: Bool) -> UInt32 {
        let fitting = Self.pool.filter { value in ranges.contains { $0.contains(value) } != isInverted }
        if let drawn = fitting.randomElement(using: &random), isInverted || Bool.random(using: &random) { return drawn }
        let range = ranges.randomElement(using: &random) ?? 0x61...0x7A
        let drawn = UInt32.random(in: range, using: &random)
        return isInverted || Unicode.Scalar(drawn) == nil ? fitting.first ?? 0x61 : drawn
    }
}

/// A small generator of random numbers with a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
