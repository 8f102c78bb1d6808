/// The files of a zip archive in memory: stored or deflated, without encryption, without Zip64.
///
/// The format is PKWARE's APPNOTE.TXT 6.3.10: the central directory at the end names the entries and their places.
/// Sizes and checksums are checked. Directories are left out.
package struct ZipArchive: Sendable {
    /// The most bytes that all files together may have.
    package static let bytesMax = 1 << 30
    package static let filesMax = 1024

    /// By name, as the archive writes it.
    package private(set) var files: [String: [UInt8]] = [:]

    package init(_ bytes: [UInt8]) throws(ArchiveError) {
        let fields = LittleEndianBytes(bytes)
        let end = try Self.endOfDirectory(fields)
        let count = try fields.integer16(at: end + 10)
        guard count <= Self.filesMax else { throw .unsupported("more than \(Self.filesMax) files") }
        var at = try fields.integer32(at: end + 16)
        var room = Self.bytesMax
        for _ in 0..<count {
            guard try fields.integer32(at: at) == 0x0201_4b50 else { throw .damaged("an entry of the directory") }
            let entry = try Entry(fields, at: at)
            at = entry.next
            if entry.name.hasSuffix("/") { continue }
            guard entry.bytes <= room else { throw .tooLarge(limitBytes: Self.bytesMax) }
            room -= entry.bytes
            files[entry.name] = try entry.content(of: fields)
        }
    }

    /// Where the record is that ends every archive; a comment of up to 65,535 bytes may follow it.
    private static func endOfDirectory(_ fields: LittleEndianBytes) throws(ArchiveError) -> Int {
        let size = 22
        guard fields.count >= size else { throw .notAZip }
        for at in stride(from: fields.count - size, through: max(0, fields.count - size - 65_535), by: -1)
        where try fields.integer32(at: at) == 0x0605_4b50 {
            return at
        }
        throw .notAZip
    }
}

extension ZipArchive {
    /// A line of the directory.
    private struct Entry {
        let name: String
        let method: Int
        let checksum: UInt32
        let storedBytes: Int
        let bytes: Int
        /// Where the entry's own header is.
        let header: Int
        /// Where the next line begins.
        let next: Int

        init(_ fields: LittleEndianBytes, at: Int) throws(ArchiveError) {
            guard try fields.integer16(at: at + 8) & 1 == 0 else { throw .unsupported("encryption") }
            method = try fields.integer16(at: at + 10)
            checksum = UInt32(truncatingIfNeeded: try fields.integer32(at: at + 16))
            storedBytes = try fields.integer32(at: at + 20)
            bytes = try fields.integer32(at: at + 24)
            let nameLength = try fields.integer16(at: at + 28)
            let extraLength = try fields.integer16(at: at + 30)
            let commentLength = try fields.integer16(at: at + 32)
            header = try fields.integer32(at: at + 42)
            name = String(decoding: try fields.slice(at: at + 46, count: nameLength), as: UTF8.self)
            next = at + 46 + nameLength + extraLength + commentLength
            guard storedBytes != 0xFFFF_FFFF, bytes != 0xFFFF_FFFF else { throw .unsupported("Zip64") }
        }

        func content(of fields: LittleEndianBytes) throws(ArchiveError) -> [UInt8] {
            guard try fields.integer32(at: header) == 0x0403_4b50 else { throw .damaged("the header of \(name)") }
            let nameLength = try fields.integer16(at: header + 26)
            let extraLength = try fields.integer16(at: header + 28)
            let stored = try fields.slice(at: header + 30 + nameLength + extraLength, count: storedBytes)
            let content: [UInt8]
            switch method {
            case 0: content = Array(stored)
            case 8: content = try Deflate.inflate(stored, bytes: bytes)
            default: throw .unsupported("compression method \(method) of \(name)")
            }
            guard content.count == bytes, Deflate.checksum(content) == checksum else {
                throw .damaged("the content of \(name)")
            }
            return content
        }
    }
}
