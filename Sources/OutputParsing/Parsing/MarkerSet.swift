/// Markers that count in one state of the parser, each with what it means there.
struct MarkerSet<Meaning: Sendable>: Sendable {
    enum Match {
        case none
        /// The input ends inside what may become a marker.
        case partial
        case full(Meaning, length: Int)
    }

    /// The markers' texts, one after the other: longest first, so that a marker which begins another is not taken for
    /// it.
    private let text: [UInt8]
    /// Where each marker's text ends.
    private let ends: [Int]
    private let meanings: [Meaning]
    /// The bytes that markers begin with, some of them repeated to make four.
    private let firstBytes: SIMD4<UInt8>

    init(_ markers: [(Marker, Meaning)]) {
        let sorted = markers.sorted { $0.0.bytes.count > $1.0.bytes.count }
        text = sorted.flatMap { $0.0.bytes }
        ends = sorted.reduce(into: []) { ends, marker in ends.append((ends.last ?? 0) + marker.0.bytes.count) }
        meanings = sorted.map { $0.1 }
        let firsts = Set(sorted.map { $0.0.bytes[0] }).sorted()
        precondition(firsts.count <= 4, "markers of one format begin with at most four bytes")
        firstBytes = SIMD4((0..<4).map { firsts.isEmpty ? 0 : firsts[min($0, firsts.count - 1)] })
    }

    /// The first place from `start` on where a marker may begin.
    ///
    /// O(n), sixteen bytes at a time.
    func candidate(in input: Span<UInt8>, from start: Int) -> Int? {
        if meanings.isEmpty { return nil }
        let bytes = input.bytes
        let (first, second) = (SIMD16(repeating: firstBytes[0]), SIMD16(repeating: firstBytes[1]))
        let (third, fourth) = (SIMD16(repeating: firstBytes[2]), SIMD16(repeating: firstBytes[3]))
        var at = start
        while at &+ 16 <= input.count {
            let block = bytes.unsafeLoadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
            if any((block .== first) .| (block .== second) .| (block .== third) .| (block .== fourth)) { break }
            at &+= 16
        }
        while at < input.count {
            if any(firstBytes .== input[at]) { return at }
            at &+= 1
        }
        return nil
    }

    /// The marker that begins at `start`, among those whose meaning is wanted; `isLast` says that no input follows.
    func match(
        _ input: Span<UInt8>, at start: Int, isLast: Bool, where isWanted: (Meaning) -> Bool = { _ in true }
    ) -> Match {
        var begin = 0
        for index in ends.indices {
            let length = ends[index] - begin
            var same = 0
            while same < length, start + same < input.count, text[begin + same] == input[start + same] { same += 1 }
            begin = ends[index]
            if same == length {
                if isWanted(meanings[index]) { return .full(meanings[index], length: length) }
            } else if start + same == input.count, same > 0, !isLast, isWanted(meanings[index]) {
                return .partial
            }
        }
        return .none
    }
}
