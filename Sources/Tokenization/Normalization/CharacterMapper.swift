/// Puts other characters in the place of single ones.
struct CharacterMapper: Sendable {
    /// Lower case as Rust's `char::to_lowercase` has it, which does not look at a character's neighbours.
    static let lowercase = CharacterMapper(CharacterMappings.lowercase)

    private let mapping: [UInt32: [UInt8]]

    private init(_ table: StaticString) {
        mapping = Dictionary(
            uniqueKeysWithValues: HexadecimalTable.entries(table).map { entry in
                (entry[0], entry.dropFirst().flatMap(UTF8.bytes(of:)))
            })
    }

    func map(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        TextView.forEachCharacter(of: text) { scalar, bytes in
            guard let scalar, let mapped = mapping[scalar] else { return result.append(contentsOf: bytes) }
            result += mapped
        }
        return result
    }
}

extension UTF8 {
    /// The bytes of a code point; none for those that are no scalars.
    static func bytes(of scalar: UInt32) -> [UInt8] {
        guard let scalar = Unicode.Scalar(scalar), let bytes = UTF8.encode(scalar) else { return [] }
        return Array(bytes)
    }
}
