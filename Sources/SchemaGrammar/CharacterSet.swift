/// A set of Unicode scalar values, as ranges in ascending order that neither meet nor overlap.
struct CharacterSet: Equatable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = CharacterSet(ranges: [0...0xD7FF, 0xE000...0x10FFFF])
    static let none = CharacterSet(ranges: [])

    init(ranges: [ClosedRange<UInt32>]) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound <= last.upperBound &+ 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    init(_ first: Unicode.Scalar, _ last: Unicode.Scalar) {
        self.init(ranges: [first.value...last.value])
    }

    init(_ scalar: Unicode.Scalar) {
        self.init(scalar, scalar)
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// The one member, if there is but one.
    var single: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
    }

    func union(_ other: CharacterSet) -> CharacterSet {
        CharacterSet(ranges: ranges + other.ranges)
    }

    func subtracting(_ other: CharacterSet) -> CharacterSet {
        var result = ranges
        for hole in other.ranges {
            result = result.flatMap { range -> [ClosedRange<UInt32>] in
                guard range.overlaps(hole) else { return [range] }
                var parts: [ClosedRange<UInt32>] = []
                if range.lowerBound < hole.lowerBound { parts.append(range.lowerBound...(hole.lowerBound - 1)) }
                if range.upperBound > hole.upperBound { parts.append((hole.upperBound + 1)...range.upperBound) }
                return parts
            }
        }
        return CharacterSet(ranges: result)
    }

    func intersection(_ other: CharacterSet) -> CharacterSet {
        subtracting(Self.all.subtracting(other))
    }

    var inverted: CharacterSet { Self.all.subtracting(self) }
}
