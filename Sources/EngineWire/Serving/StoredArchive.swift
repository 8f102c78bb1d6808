/// A ZIP archive whose files are stored as they are (PKWARE's APPNOTE 6.3.10, method 0), without times of change: the
/// same files make the same bytes.
struct StoredArchive {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// Appends a file. Names and files are below 4 GiB in all.
    mutating func add(_ name: String, _ content: [UInt8]) {
        let offset = bytes.count
        var common: [UInt8] = []
        // Version 2.0, names in UTF-8, stored, 1980-01-01 00:00.
        for value in [20, 0x0800, 0, 0, 0x21] { Self.append(value, bytes: 2, to: &common) }
        for value in [Int(Self.checksum(content)), content.count, content.count] {
            Self.append(value, bytes: 4, to: &common)
        }
        for value in [name.utf8.count, 0] { Self.append(value, bytes: 2, to: &common) }

        Self.append(0x0403_4b50, bytes: 4, to: &bytes)
        bytes += common + Array(name.utf8) + content

        Self.append(0x0201_4b50, bytes: 4, to: &directory)
        Self.append(20, bytes: 2, to: &directory)
        directory += common
        // No comment, disk 0, no attributes.
        for length in [2, 2, 2, 4] { Self.append(0, bytes: length, to: &directory) }
        Self.append(offset, bytes: 4, to: &directory)
        directory += Array(name.utf8)
        count += 1
    }

    /// Ends the archive with its directory.
    mutating func finish() {
        let offset = bytes.count
        bytes += directory
        Self.append(0x0605_4b50, bytes: 4, to: &bytes)
        for value in [0, 0, count, count] { Self.append(value, bytes: 2, to: &bytes) }
        for value in [directory.count, offset] { Self.append(value, bytes: 4, to: &bytes) }
        Self.append(0, bytes: 2, to: &bytes)
    }

    private static func append(_ value: Int, bytes count: Int, to bytes: inout [UInt8]) {
        for at in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * at))) }
    }

    /// CRC-32 as ZIP has it: polynomial 0xEDB88320, reflected.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes { remainder = remainder >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] }
        return ~remainder
    }

    private static let remainders: [UInt32] = (UInt32(0)..<256).map { byte in
        (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
}
