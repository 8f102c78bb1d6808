/// What normalizers, pre-tokenizers and unknown patterns ask of a character beyond its `CharacterClass`.
struct CharacterProperties: OptionSet {
    let rawValue: UInt16

    /// Unicode's White_Space.
    static let whiteSpace = CharacterProperties(rawValue: 1)
    /// Removed by `StripAccents`.
    static let accent = CharacterProperties(rawValue: 2)
    /// `\w` in a pattern.
    static let word = CharacterProperties(rawValue: 4)
    /// `\p{Lt}`.
    static let titleLetter = CharacterProperties(rawValue: 8)
    /// `\p{Lm}`.
    static let modifierLetter = CharacterProperties(rawValue: 16)
    /// `\p{Mn}`.
    static let nonspacingMark = CharacterProperties(rawValue: 32)
    /// `\p{C}`.
    static let other = CharacterProperties(rawValue: 64)

    @inline(__always) func isAny(of other: CharacterProperties) -> Bool { rawValue & other.rawValue != 0 }

    /// The properties of a code point.
    @inline(__always)
    static func of(_ scalar: UInt32) -> CharacterProperties {
        scalar < 0x110000 ? table.value(of: scalar) : []
    }

    private static let table = RunTable<CharacterProperties>(CharacterPropertyRuns.runs) { .init(rawValue: $0) }
}
