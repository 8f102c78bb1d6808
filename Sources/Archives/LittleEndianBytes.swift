/// Bounds-checked reading of little-endian integers.
struct LittleEndianBytes {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    func slice(at offset: Int, count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
            throw .damaged("it ends too early")
        }
        return bytes[offset..<offset + count]
    }

    func integer16(at offset: Int) throws(ArchiveError) -> Int { try integer(at: offset, width: 2) }

    func integer32(at offset: Int) throws(ArchiveError) -> Int { try integer(at: offset, width: 4) }

    private func integer(at offset: Int, width: Int) throws(ArchiveError) -> Int {
        try slice(at: offset, count: width).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
