/// A word of at most 15 bytes as two integers: its bytes, with zeros behind them, and its length in the last byte.
struct WordKey: BitwiseCopyable, Equatable {
    static let maxLength = 15

    let low: UInt64
    let high: UInt64

    /// The key of an unused slot; every word has a length.
    static let none = WordKey(low: 0, high: 0)

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Reads a word of 1 to 15 bytes of which 16 bytes are readable.
    @inline(__always)
    init(padded bytes: UnsafePointer<UInt8>, length: Int) {
        let raw = UnsafeRawPointer(bytes)
        let low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let lowMask = UInt64.max &>> UInt64(64 &- 8 &* min(length, 8))
        let highMask = length > 8 ? UInt64.max &>> UInt64(128 &- 8 &* length) : 0
        self.init(low: low & lowMask, high: high & highMask | UInt64(length) << 56)
    }

    /// Reads a word of 1 to 15 bytes behind which nothing is readable.
    @inline(never)
    init(exactly bytes: UnsafePointer<UInt8>, length: Int) {
        var low: UInt64 = 0
        var high = UInt64(length) << 56
        for at in 0..<length {
            if at < 8 {
                low |= UInt64(bytes[at]) << UInt64(8 * at)
            } else {
                high |= UInt64(bytes[at]) << UInt64(8 * at - 64)
            }
        }
        self.init(low: low, high: high)
    }

    @inline(__always)
    var hash: UInt64 {
        let product = (low ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: high ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
