/// Markers that count in one state of the parser, each with what it means there.
struct MarkerSet<Meaning: Sendable>: Sendable {
    enum Match {
        case none
        /// The input ends inside what may become a marker.
        case partial
        case full(Meaning, length: Int)
    }

    private struct Entry: Sendable {
        let bytes: [UInt8]
        let meaning: Meaning
    }

    /// Longest first, so that a marker which begins another is not taken for it.
    private let entries: [Entry]
    private let firstBytes: [UInt8]

    init(_ markers: [(Marker, Meaning)]) {
        entries = markers.map { Entry(bytes: $0.0.bytes, meaning: $0.1) }
            .sorted { $0.bytes.count > $1.bytes.count }
        firstBytes = Set(entries.compactMap(\.bytes.first)).sorted()
    }

    /// The first place from `start` on where a marker may begin.
    ///
    /// O(n), sixteen bytes at a time.
    func candidate(in input: Span<UInt8>, from start: Int) -> Int? {
        if firstBytes.isEmpty { return nil }
        let bytes = input.bytes
        var at = start
        while at &+ 16 <= input.count {
            let block = bytes.unsafeLoadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
            var hits = block .== SIMD16(repeating: firstBytes[0])
            for byte in firstBytes.dropFirst() { hits .|= block .== SIMD16(repeating: byte) }
            if any(hits) { break }
            at &+= 16
        }
        while at < input.count {
            if firstBytes.contains(input[at]) { return at }
            at += 1
        }
        return nil
    }

    /// The marker that begins at `start`, among those whose meaning is wanted; `isLast` says that no input follows.
    func match(
        _ input: Span<UInt8>, at start: Int, isLast: Bool, where isWanted: (Meaning) -> Bool = { _ in true }
    ) -> Match {
        for entry in entries where isWanted(entry.meaning) {
            var length = 0
            while length < entry.bytes.count, start + length < input.count,
                entry.bytes[length] == input[start + length]
            {
                length += 1
            }
            if length == entry.bytes.count { return .full(entry.meaning, length: length) }
            if start + length == input.count && length > 0 && !isLast { return .partial }
        }
        return .none
    }
}
