internal import CByteScanning

/// Unicode's normalization forms, into which some models' texts are brought before they are tokenized.
///
/// Algorithm: Unicode Standard, sections 3.11 and 3.12. Tables: the reference's own, see `Generated/`.
final class CanonicalComposition: Sendable {
    /// For forms C and D.
    static let shared = CanonicalComposition()
    /// For forms KC and KD.
    static let compatible = CanonicalComposition(compatibility: CompatibilityTables.decompositions)

    private let decompositions: [UInt32: [UInt32]]
    private let combiningClasses: [UInt32: UInt32]
    /// The two characters, the first in the upper half, to the one that they become.
    private let compositions: [UInt64: UInt32]

    /// A byte that belongs to no character; it stays as it is and keeps its neighbours apart.
    private static let malformed: UInt32 = 0x8000_0000

    private init(compatibility: StaticString = "") {
        decompositions = Dictionary(
            (HexadecimalTable.entries(CompositionTables.decompositions) + HexadecimalTable.entries(compatibility)).map {
                ($0[0], Array($0.dropFirst()))
            }, uniquingKeysWith: { _, compatible in compatible })
        combiningClasses = Dictionary(
            uniqueKeysWithValues: HexadecimalTable.entries(CompositionTables.combiningClasses).map { ($0[0], $0[1]) })
        compositions = Dictionary(
            uniqueKeysWithValues: HexadecimalTable.entries(CompositionTables.compositions).map {
                (Self.pair($0[1], $0[2]), $0[0])
            })
    }

    /// Whether a part of a text may have to be changed; false for most texts, and quick to say.
    func mayChange(_ text: TextView, _ part: Range<Int>) -> Bool {
        var position = part.lowerBound
        while position < part.upperBound {
            position += Int(c_stable_bytes(text.bytes + position, Int64(part.upperBound - position)))
            // It may stop within a character, whose other bytes are none.
            let end = min(position + 64, part.upperBound)
            while position < end {
                let character = text.character(at: position, limit: part.upperBound)
                if character.kind.isAny(of: .mayCompose) { return true }
                position += character.length
            }
        }
        return false
    }

    /// Memory that bringing a text into another form takes, to be used again for the next.
    struct Buffers {
        fileprivate var scalars: [UInt32] = []
        fileprivate(set) var bytes: [UInt8] = []

        /// Gives back memory that only a very long text needs.
        mutating func shrink(to limit: Int) {
            if max(scalars.capacity, bytes.capacity) > limit { self = Buffers() }
        }
    }

    /// A part of a text in form C, or KC. O(n), and O(n log n) in the length of a run of combining characters.
    func normalized(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        var buffers = Buffers()
        normalize(text, part, &buffers)
        return buffers.bytes
    }

    /// As `normalized`; the result is in the buffers' bytes.
    func normalize(_ text: TextView, _ part: Range<Int>, _ buffers: inout Buffers) {
        decompose(text, part, into: &buffers.scalars)
        compose(&buffers.scalars)
        encode(buffers.scalars, into: &buffers.bytes, capacity: part.count)
    }

    /// A part of a text in form D, or KD. O(n), and O(n log n) in the length of a run of combining characters.
    func decomposed(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        var buffers = Buffers()
        decompose(text, part, into: &buffers.scalars)
        encode(buffers.scalars, into: &buffers.bytes, capacity: part.count)
        return buffers.bytes
    }

    private func encode(_ scalars: [UInt32], into bytes: inout [UInt8], capacity: Int) {
        bytes.removeAll(keepingCapacity: true)
        bytes.reserveCapacity(capacity)
        for scalar in scalars {
            if scalar >= Self.malformed {
                bytes.append(UInt8(truncatingIfNeeded: scalar))
            } else if let scalar = Unicode.Scalar(scalar) {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// A part of a text decomposed, combining characters in their order.
    private func decompose(_ text: TextView, _ part: Range<Int>, into scalars: inout [UInt32]) {
        scalars.removeAll(keepingCapacity: true)
        scalars.reserveCapacity(part.count)
        var position = part.lowerBound
        while position < part.upperBound {
            let character = text.character(at: position, limit: part.upperBound)
            if character.length == 1, text.bytes[position] >= 0x80 {
                scalars.append(Self.malformed | UInt32(text.bytes[position]))
            } else if Hangul.syllables.contains(character.scalar) {
                Hangul.decompose(character.scalar, into: &scalars)
            } else if let parts = decompositions[character.scalar] {
                scalars += parts
            } else {
                scalars.append(character.scalar)
            }
            position += character.length
        }
        sortCombining(&scalars)
    }

    /// Runs of combining characters up to this length are sorted in place.
    private static let shortRun = 32

    /// Puts each run of combining characters into the order of their classes; equal ones stay in theirs.
    private func sortCombining(_ scalars: inout [UInt32]) {
        var start = 0
        while start < scalars.count {
            var end = start
            while end < scalars.count, combiningClass(scalars[end]) != 0 { end += 1 }
            if end - start > Self.shortRun {
                let run = scalars[start..<end].map { (scalar: $0, rank: combiningClass($0)) }
                // The standard library's sort is stable.
                scalars.replaceSubrange(start..<end, with: run.sorted { $0.rank < $1.rank }.map(\.scalar))
            } else if end - start > 1 {
                sortShort(&scalars, start..<end)
            }
            start = end + 1
        }
    }

    private func sortShort(_ scalars: inout [UInt32], _ run: Range<Int>) {
        for at in run.dropFirst() {
            let scalar = scalars[at]
            let rank = combiningClass(scalar)
            var hole = at
            while hole > run.lowerBound, combiningClass(scalars[hole - 1]) > rank {
                scalars[hole] = scalars[hole - 1]
                hole -= 1
            }
            scalars[hole] = scalar
        }
    }

    private func compose(_ scalars: inout [UInt32]) {
        var count = 0
        var starter: Int?
        var lastClass: UInt32 = 0
        for read in scalars.indices {
            let scalar = scalars[read]
            let rank = combiningClass(scalar)
            if let at = starter, count - 1 == at || lastClass < rank, let one = composition(scalars[at], scalar) {
                scalars[at] = one
                continue
            }
            if rank == 0 { starter = count }
            lastClass = rank
            scalars[count] = scalar
            count += 1
        }
        scalars.removeLast(scalars.count - count)
    }

    private func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        compositions[Self.pair(first, second)] ?? Hangul.composition(first, second)
    }

    private func combiningClass(_ scalar: UInt32) -> UInt32 { scalar < 0x300 ? 0 : combiningClasses[scalar] ?? 0 }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }
}

/// The arithmetic of Hangul syllables: Unicode Standard, section 3.12.
private enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    private static let leads: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    /// The first stands for no trail.
    private static let trails: Range<UInt32> = 0x11A7..<0x11C3
    private static let trailCount = UInt32(28)

    static func decompose(_ syllable: UInt32, into scalars: inout [UInt32]) {
        let index = syllable - syllables.lowerBound
        scalars.append(leads.lowerBound + index / trailCount / UInt32(vowels.count))
        scalars.append(vowels.lowerBound + index / trailCount % UInt32(vowels.count))
        if index % trailCount > 0 { scalars.append(trails.lowerBound + index % trailCount) }
    }

    static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leads.contains(first), vowels.contains(second) {
            let index = (first - leads.lowerBound) * UInt32(vowels.count) + second - vowels.lowerBound
            return syllables.lowerBound + index * trailCount
        }
        guard syllables.contains(first), (first - syllables.lowerBound) % trailCount == 0,
            trails.dropFirst().contains(second)
        else { return nil }
        return first + second - trails.lowerBound
    }
}
