/// The classes of all code points as a two-stage table: blocks of 128 code points, equal blocks stored once.
///
/// Immutable once made, so that every thread may read it.
// @unchecked because nothing writes to the memory once it is made.
final class CharacterTable: @unchecked Sendable {
    static let blockShift: UInt32 = 7
    static let shared = CharacterTable(decoding: CharacterClassRuns.runs)
    /// As tiktoken sees them, whose Unicode is newer.
    static let newer = CharacterTable(decoding: NewerCharacterClassRuns.runs)

    /// For each block of code points, where its classes begin in `classes`.
    let blocks: UnsafePointer<Int32>
    /// The first block, ASCII, begins at 0.
    let classes: UnsafePointer<CharacterClass>

    /// Decodes `length:class;` runs in hexadecimal.
    private init(decoding runs: StaticString) {
        var flat: [CharacterClass] = []
        flat.reserveCapacity(0x110000)
        var number: UInt32 = 0
        var length = 0
        runs.withUTF8Buffer { text in
            for byte in text {
                switch byte {
                case UInt8(ascii: ":"):
                    length = Int(number)
                    number = 0
                case UInt8(ascii: ";"):
                    flat.append(contentsOf: repeatElement(CharacterClass(rawValue: number), count: length))
                    number = 0
                default: number = number << 4 | UInt32(byte < 0x3A ? byte - 0x30 : byte - 0x57)
                }
            }
        }
        precondition(flat.count == 0x110000, "the generated runs cover all code points")
        for scalar in [0x3040...0x30FF, 0x4E00...0x9FA5].joined() { flat[scalar].insert(.deepSeekIdeograph) }
        var starts: [[CharacterClass.RawValue]: Int32] = [:]
        var blocks: [Int32] = []
        var classes: [CharacterClass] = []
        for start in stride(from: 0, to: flat.count, by: 1 << Int(Self.blockShift)) {
            let block = flat[start..<start + 1 << Int(Self.blockShift)]
            let key = block.map(\.rawValue)
            if let known = starts[key] {
                blocks.append(known)
            } else {
                starts[key] = Int32(classes.count)
                blocks.append(Int32(classes.count))
                classes.append(contentsOf: block)
            }
        }
        self.blocks = UnsafePointer(ConstantBuffer.allocate(blocks))
        self.classes = UnsafePointer(ConstantBuffer.allocate(classes))
    }

    deinit {
        blocks.deallocate()
        classes.deallocate()
    }
}
