/// What normalizers, pre-tokenizers and unknown patterns ask of a character beyond its `CharacterClass`.
struct CharacterProperties: OptionSet {
    let rawValue: UInt16

    /// Removed when BERT cleans a text: control characters, U+0000 and U+FFFD.
    static let bertControl = CharacterProperties(rawValue: 1)
    /// Made a space when BERT cleans a text.
    static let bertSpace = CharacterProperties(rawValue: 2)
    /// Punctuation to `Punctuation` and `BertPreTokenizer`.
    static let punctuation = CharacterProperties(rawValue: 4)
    /// Unicode's White_Space.
    static let whiteSpace = CharacterProperties(rawValue: 8)
    /// Removed when BERT strips accents.
    static let bertAccent = CharacterProperties(rawValue: 16)
    /// Removed by `StripAccents`.
    static let accent = CharacterProperties(rawValue: 32)
    /// `\w` in a pattern.
    static let word = CharacterProperties(rawValue: 64)
    /// `\d`.
    static let digit = CharacterProperties(rawValue: 128)
    /// `\p{Lt}`.
    static let titleLetter = CharacterProperties(rawValue: 256)
    /// `\p{Lm}`.
    static let modifierLetter = CharacterProperties(rawValue: 512)
    /// `\p{Mn}`.
    static let nonspacingMark = CharacterProperties(rawValue: 1024)
    /// `\p{Nd}`.
    static let decimalNumber = CharacterProperties(rawValue: 2048)
    /// `\p{C}`.
    static let other = CharacterProperties(rawValue: 4096)

    @inline(__always) func isAny(of other: CharacterProperties) -> Bool { rawValue & other.rawValue != 0 }

    /// The properties of a code point.
    @inline(__always)
    static func of(_ scalar: UInt32) -> CharacterProperties {
        scalar < 0x110000 ? table.value(of: scalar) : []
    }

    private static let table = RunTable<CharacterProperties>(CharacterPropertyRuns.runs) { .init(rawValue: $0) }
}

/// Values of all code points as a two-stage table, decoded from runs.
struct RunTable<Value: BitwiseCopyable & Sendable>: Sendable {
    private let blocks: ConstantBuffer<Int32>
    private let values: ConstantBuffer<Value>

    /// Decodes `length:value;` runs in hexadecimal that cover all code points.
    init(_ runs: StaticString, _ value: (UInt16) -> Value) {
        var flat: [UInt16] = []
        flat.reserveCapacity(0x110000)
        for entry in HexadecimalTable.entries(runs) {
            flat.append(contentsOf: repeatElement(UInt16(entry[1]), count: Int(entry[0])))
        }
        precondition(flat.count == 0x110000, "the generated runs cover all code points")
        var starts: [ArraySlice<UInt16>: Int32] = [:]
        var blocks: [Int32] = []
        var values: [Value] = []
        for start in stride(from: 0, to: flat.count, by: 128) {
            let block = flat[start..<start + 128]
            if let known = starts[block] {
                blocks.append(known)
            } else {
                starts[block] = Int32(values.count)
                blocks.append(Int32(values.count))
                values += block.map(value)
            }
        }
        self.blocks = ConstantBuffer(blocks)
        self.values = ConstantBuffer(values)
    }

    /// The value of a code point, which is below 0x110000.
    @inline(__always)
    func value(of scalar: UInt32) -> Value {
        values.elements[Int(blocks.elements[Int(scalar >> 7)]) + Int(scalar & 127)]
    }
}
