/// A token and its logit in one integer that orders tokens as they are preferred: by logit, then by lower id.
struct RankedToken: Comparable {
    private let bits: UInt64

    /// The logit must be a number; -0 ranks as 0.
    init(id: Int, logit: Float) {
        let pattern = (logit + 0).bitPattern
        let ordered = pattern >> 31 == 0 ? pattern | 0x8000_0000 : ~pattern
        bits = UInt64(ordered) << 32 | UInt64(UInt32(truncatingIfNeeded: ~id))
    }

    var id: Int { Int(~UInt32(truncatingIfNeeded: bits)) }

    var logit: Float {
        let ordered = UInt32(bits >> 32)
        return Float(bitPattern: ordered >> 31 == 1 ? ordered & 0x7FFF_FFFF : ~ordered)
    }

    static func < (left: RankedToken, right: RankedToken) -> Bool { left.bits < right.bits }

    /// The token that has `rank` better ones among `tokens`, which are rearranged. O(count) on average.
    static func select(rank: Int, of tokens: UnsafeMutablePointer<RankedToken>, count: Int) -> RankedToken {
        var low = 0
        var high = count - 1
        while low < high {
            let pivot = median(tokens[low], tokens[(low + high) / 2], tokens[high])
            var left = low
            var right = high
            while left <= right {
                while tokens[left] > pivot { left += 1 }
                while tokens[right] < pivot { right -= 1 }
                if left <= right {
                    (tokens[left], tokens[right]) = (tokens[right], tokens[left])
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                break
            }
        }
        return tokens[rank]
    }

    private static func median(_ first: Self, _ second: Self, _ third: Self) -> Self {
        max(min(first, second), min(max(first, second), third))
    }
}
