internal import CByteScanning
import ServingModel

/// Where a long word may be cut without changing its tokens: between two characters that no token has side by side.
///
/// No merge can join what no token contains, so byte-pair encoding gives each part the tokens that it has in the whole.
/// Chinese and Japanese clauses, which are one word to most patterns, fall into short parts that come again and again.
/// Characters are ASCII's and those of three bytes; next to others nothing is cut. Sets of pairs are kept as bits under
/// their hashes: a pair that is there by chance only means a cut less.
final class SafeCuts: Sendable {
    private static let bits = 20
    /// Pairs of characters; of a character and its neighbour's first byte; of its neighbour's last byte.
    private let pairs: ConstantBuffer<UInt64>
    /// For the last byte of a character and the first of the next: whether a token with less of both than a character
    /// has them side by side.
    private let edges: ConstantBuffer<Bool>

    init(_ vocabulary: Vocabulary) {
        var pairs = [UInt64](repeating: 0, count: 1 << (Self.bits - 6))
        var edges = [Bool](repeating: false, count: 1 << 16)
        for id in 0..<vocabulary.count {
            let token = vocabulary.buffer(of: TokenID(Int32(id)))
            for cut in 0..<token.count where cut > 0 {
                guard let left = Self.end(of: token[..<cut]), let right = Self.start(of: token[cut...]) else {
                    continue
                }
                if left.isASCII, right.isASCII { continue }
                if left.isWhole || right.isWhole {
                    let bit = Self.bit(left.isWhole ? left.code : left.edge, right.isWhole ? right.code : right.edge)
                    pairs[bit >> 6] |= 1 << UInt64(bit & 63)
                } else {
                    edges[Int(left.edge << 8 | right.edge)] = true
                }
            }
        }
        self.pairs = ConstantBuffer(pairs)
        self.edges = ConstantBuffer(edges)
    }

    /// Where a word of a text may be cut, from `position` on, at most 64 bytes of it, behind the character `left`: its
    /// bytes as one number, or 0 at the word's beginning and behind a byte of which nothing is known.
    @inline(__always)
    func cuts(_ text: TextView, from position: Int, limit: Int, behind left: UInt32) -> CCuts {
        let neighbours = CNeighbours(
            pairs: pairs.elements, shift: UInt64(64 - Self.bits), edges: edges.elements)
        return c_safe_cuts(neighbours, text.bytes, Int64(position), Int64(limit), left)
    }

    @inline(__always)
    private static func bit(_ left: UInt32, _ right: UInt32) -> Int {
        let pair = UInt64(left) &<< 32 | UInt64(right)
        return Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- bits))
    }

    // MARK: Tokens

    /// What a token has beside a cut: a whole character, or a part that begins or ends with the byte `edge`.
    private struct Side {
        let code: UInt32
        let edge: UInt32
        let isWhole: Bool

        var isASCII: Bool { isWhole && code < 0x80 }
    }

    /// Nil if no character of those that are cut ends like this.
    private static func end(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Side? {
        let bytes = bytes.suffix(3).map(UInt32.init)
        let last = bytes[bytes.count - 1]
        if last < 0x80 { return Side(code: last, edge: last, isWhole: true) }
        guard isContinuation(last) else { return nil }
        if bytes.count == 1 { return Side(code: 0, edge: last, isWhole: false) }
        guard isContinuation(bytes[bytes.count - 2]) else { return nil }
        if bytes.count == 2 { return Side(code: 0, edge: last, isWhole: false) }
        guard bytes[0] & 0xF0 == 0xE0 else { return nil }
        return Side(code: bytes[0] << 16 | bytes[1] << 8 | last, edge: last, isWhole: true)
    }

    /// Nil if no character of those that are cut begins like this.
    private static func start(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Side? {
        let bytes = bytes.prefix(3).map(UInt32.init)
        if bytes[0] < 0x80 { return Side(code: bytes[0], edge: bytes[0], isWhole: true) }
        guard bytes[0] & 0xF0 == 0xE0, bytes.dropFirst().allSatisfy(isContinuation) else { return nil }
        guard bytes.count == 3 else { return Side(code: 0, edge: bytes[0], isWhole: false) }
        return Side(code: bytes[0] << 16 | bytes[1] << 8 | bytes[2], edge: bytes[0], isWhole: true)
    }

    private static func isContinuation(_ byte: UInt32) -> Bool { byte & 0xC0 == 0x80 }
}
