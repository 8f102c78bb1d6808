private import Crypto

/// The SHA-256 of a key, which stands for it: the key itself is not kept, and looking digests up tells nothing of it.
package struct KeyDigest: Sendable, Hashable {
    private static let byteCount = 32

    private let words: SIMD4<UInt64>

    /// Digests a key; nil for what has no key's form and is no one's. O(bytes), at most those of the longest key;
    /// allocates one object.
    package init?(key: UnsafeRawBufferPointer) {
        guard KeyLimits.keyBytes.contains(key.count), key.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.init(of: key)
    }

    init(of bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// Reads 64 hexadecimal digits; nil for anything else.
    init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = Self.value(ofDigit: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// A part of a digest spreads as well as all of it.
    package func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
