/// Lowercase characters, each by itself, as the reference sees them; see `Generated/`.
final class LowercaseMap: Sendable {
    static let shared = LowercaseMap()

    private let scalars: [UInt32: UInt32]
    private let several: [UInt32: [UInt32]]

    private init() {
        var scalars: [UInt32: UInt32] = [:]
        for run in HexadecimalTable.entries(LowercaseTables.runs) {
            for index in 0..<run[2] { scalars[run[0] + index * run[1]] = run[0] &+ index * run[1] &+ run[3] }
        }
        self.scalars = scalars
        several = Dictionary(
            uniqueKeysWithValues: HexadecimalTable.entries(LowercaseTables.several).map {
                ($0[0], Array($0.dropFirst()))
            })
    }

    /// Appends the lowercase of a character as UTF-8.
    @inline(__always)
    func append(_ scalar: UInt32, to text: inout [UInt8]) {
        if scalar < 0x80 {
            text.append((0x41...0x5A).contains(scalar) ? UInt8(scalar) | 0x20 : UInt8(scalar))
        } else if let characters = several[scalar] {
            for character in characters { Self.appendEncoded(character, to: &text) }
        } else {
            Self.appendEncoded(scalars[scalar] ?? scalar, to: &text)
        }
    }

    /// A part of a text in lowercase; bytes that are not UTF-8 stay. O(n).
    func lowercased(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(part.count)
        var position = part.lowerBound
        while position < part.upperBound {
            let character = text.character(at: position, limit: part.upperBound)
            if character.length == 1, text.bytes[position] >= 0x80 {
                result.append(text.bytes[position])
            } else {
                append(character.scalar, to: &result)
            }
            position += character.length
        }
        return result
    }

    private static func appendEncoded(_ scalar: UInt32, to text: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar) else { return }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
