/// A set of characters as a pattern writes it: `[^\r\n\p{L}]`, `\s`, `.`.
struct CharacterSet: Sendable {
    private indirect enum Members {
        case kinds(CharacterClass)
        case properties(CharacterProperties)
        case ranges([ClosedRange<UInt32>])
        case union([CharacterSet])
        case intersection(CharacterSet, CharacterSet)
        case complement(CharacterSet)
    }

    private let members: Members
    /// The members below U+0080, as bits.
    private let ascii: (low: UInt64, high: UInt64)

    static func kinds(_ kinds: CharacterClass) -> CharacterSet { CharacterSet(.kinds(kinds)) }
    static func properties(_ properties: CharacterProperties) -> CharacterSet { CharacterSet(.properties(properties)) }
    static func range(_ range: ClosedRange<UInt32>) -> CharacterSet { CharacterSet(.ranges([range])) }
    static func union(_ sets: [CharacterSet]) -> CharacterSet { CharacterSet(.union(sets)) }
    static let any = range(0...0x10FFFF)

    var complement: CharacterSet { CharacterSet(.complement(self)) }
    func intersection(_ other: CharacterSet) -> CharacterSet { CharacterSet(.intersection(self, other)) }

    private init(_ members: Members) {
        self.members = members
        var ascii: (low: UInt64, high: UInt64) = (0, 0)
        for scalar in UInt32(0)..<0x80 where Self.contains(members, scalar, CharacterTable.shared.classes[Int(scalar)])
        {
            if scalar < 64 { ascii.low |= 1 << UInt64(scalar) } else { ascii.high |= 1 << UInt64(scalar - 64) }
        }
        self.ascii = ascii
    }

    @inline(__always)
    func contains(_ character: TextView.Character) -> Bool {
        if character.scalar < 0x80 {
            let bits = character.scalar < 64 ? ascii.low : ascii.high
            return bits >> UInt64(character.scalar & 63) & 1 == 1
        }
        return Self.contains(members, character.scalar, character.kind)
    }

    private static func contains(_ members: Members, _ scalar: UInt32, _ kind: CharacterClass) -> Bool {
        switch members {
        case .kinds(let kinds): return kind.isAny(of: kinds)
        case .properties(let properties): return CharacterProperties.of(scalar).isAny(of: properties)
        case .ranges(let ranges): return ranges.contains { $0.contains(scalar) }
        case .union(let sets): return sets.contains { contains($0.members, scalar, kind) }
        case .intersection(let left, let right):
            return contains(left.members, scalar, kind) && contains(right.members, scalar, kind)
        case .complement(let set): return !contains(set.members, scalar, kind)
        }
    }
}
