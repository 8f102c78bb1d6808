internal import CByteScanning

/// A word as two integers. One of at most 15 bytes: its bytes, with zeros behind them, and its length in the last byte.
/// A run, of 16 to 127 bytes that are all the same from the second on: its first two bytes and its length there.
struct WordKey: BitwiseCopyable, Equatable {
    static let maxLength = 15
    static let maxRunLength = 127
    /// The bytes that must be readable from a word's beginning on.
    static let readableBytes = 16
    /// Marks a part of a word in the last byte, where such a part may become other tokens than the same word.
    static let part: UInt64 = 1 << 63

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
    init(padded bytes: UnsafePointer<UInt8>, length: Int, mark: UInt64 = 0) {
        let key = c_byte_key(bytes, Int64(length))
        self.init(low: key.low, high: key.high | UInt64(truncatingIfNeeded: length) &<< 56 | mark)
    }

    /// Reads a word of 1 to 15 bytes behind which nothing is readable.
    @inline(never)
    init(exactly bytes: UnsafePointer<UInt8>, length: Int, mark: UInt64 = 0) {
        var low: UInt64 = 0
        var high = UInt64(length) << 56 | mark
        for at in 0..<length {
            if at < 8 {
                low |= UInt64(bytes[at]) << UInt64(8 * at)
            } else {
                high |= UInt64(bytes[at]) << UInt64(8 * at - 64)
            }
        }
        self.init(low: low, high: high)
    }

    /// Reads a word of more than 15 bytes; nil if it is not a run or too long.
    @inline(__always)
    init?(runOf bytes: UnsafePointer<UInt8>, length: Int) {
        let raw = UnsafeRawPointer(bytes)
        guard length <= Self.maxRunLength, Self.repeats(raw + 1, at: 0) else { return nil }
        var at = 8
        while at + 10 <= length {
            guard Self.repeats(raw + 1, at: at) else { return nil }
            at += 8
        }
        guard Self.repeats(raw, at: length - 9) else { return nil }
        self.init(low: UInt64(bytes[0]) | UInt64(bytes[1]) &<< 8, high: UInt64(truncatingIfNeeded: length) &<< 56)
    }

    /// Whether the nine bytes at `at` are the same.
    @inline(__always)
    private static func repeats(_ bytes: UnsafeRawPointer, at: Int) -> Bool {
        bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            == bytes.loadUnaligned(fromByteOffset: at + 1, as: UInt64.self)
    }

    @inline(__always)
    var hash: UInt64 {
        let product = (low ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: high ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }

    @inline(__always)
    static func == (left: WordKey, right: WordKey) -> Bool { (left.low ^ right.low) | (left.high ^ right.high) == 0 }
}
