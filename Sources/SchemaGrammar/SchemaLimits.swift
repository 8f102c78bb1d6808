/// The bounds within which schemas are converted, so that a hostile one costs little.
package enum SchemaLimits {
    /// Values in the schema, of every kind.
    package static let nodes = 20_000
    /// UTF-8 bytes in the schema's keys and strings.
    package static let textBytes = 256 * 1024
    /// Objects and arrays within each other; references and branches that lead to each other for the same value.
    package static let depth = 100
    /// Values of one `enum`.
    package static let enumMembers = 1000
    /// Combinations of the branches of `anyOf` and `oneOf` that hold at one place.
    package static let combinations = 256
    /// Schemas read and constraints merged while references and choices are resolved.
    package static let steps = 20_000
    /// Members that one object lists, and items of `prefixItems`; llama.cpp follows each optional one that may come next.
    package static let members = 1000
    /// The largest `minLength`, `maxLength`, `minItems`, `maxItems`, and bound of a quantifier in a `pattern`.
    package static let repetitions = 65_536
    /// UTF-8 bytes of one `pattern`.
    package static let patternBytes = 4096
    /// Groups within each other in a `pattern`.
    package static let patternDepth = 32
    /// Characters of the keys that formats write without quotes.
    package static let keyCharacters = 64
    /// UTF-8 bytes of a parameter's name that stands between tags.
    package static let nameBytes = 1000
    package static let rules = 20_000
    /// The sum of the upper bounds of the grammar's repetitions, each of which llama.cpp makes a rule of.
    package static let writtenRepetitions = 200_000
    package static let grammarBytes = 2 * 1024 * 1024
    /// Digits of an integer, of a number's integer part, and of its fraction.
    package static let digits = 16
}
