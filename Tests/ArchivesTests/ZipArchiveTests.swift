import Archives
import Foundation
import Testing

struct ZipArchiveTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    @Test(arguments: ["stored.zip", "deflated.zip"])
    func readsFiles(_ name: String) throws {
        let files = try ZipArchive(try Self.fixture(name)).files
        let model = Array(repeating: Array(#"{"model":{}}"#.utf8), count: 200).flatMap { $0 }
        #expect(files == ["tokenizer.json": model, "empty.txt": [], "a/nested.jinja": Array("Grüße, 世界".utf8)])
    }

    @Test func refusesWhatIsNoArchive() {
        #expect(throws: ArchiveError.notAZip) { try ZipArchive([]) }
        #expect(throws: ArchiveError.notAZip) { try ZipArchive(Array(repeating: 7, count: 100_000)) }
    }

    /// What is cut or flipped is read as it was, or refused; it never ends the process.
    @Test(arguments: ["stored.zip", "deflated.zip"])
    func survivesDamage(_ name: String) throws {
        let bytes = try Self.fixture(name)
        for end in bytes.indices { _ = try? ZipArchive(Array(bytes[..<end])) }
        for place in bytes.indices {
            for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[place] ^= flip
                _ = try? ZipArchive(damaged)
            }
        }
    }
}
