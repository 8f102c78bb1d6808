import GGUFFormat
import Testing

struct GGUFMetadataTests {
    @Test func readsEveryType() throws {
        let metadata = try Self.read(Self.sample)
        #expect(metadata.version == 3)
        #expect(metadata.tensorCount == 7)
        #expect(metadata.architecture == "llama")
        #expect(metadata.keys.first == "general.architecture")
        #expect(metadata.integer("u8") == 200)
        #expect(metadata.integer("i8") == -3)
        #expect(metadata.integer("u64") == nil)
        #expect(metadata.integer("i64") == -5)
        #expect(metadata.bool("yes") == true)
        #expect(metadata.bool("u8") == nil)
        #expect(metadata.double("f32") == 1.5)
        #expect(metadata.double("u8") == 200)
        #expect(metadata.string("none") == nil)
        #expect(metadata.string("u8") == nil)
        #expect(metadata.strings("names").map { $0.map { String(decoding: $0, as: UTF8.self) } } == ["a", "", "é"])
        #expect(metadata.strings("counts") == nil)
        #expect(metadata.integers("counts") == [1, -2])
        #expect(metadata.floats("scores") == [0.5, -1])
        #expect(metadata.bools("flags") == [true, false])
        #expect(metadata.contains("nested"))
        #expect(metadata.string("last") == "end")
    }

    @Test func readsVersionTwoAndNoOther() throws {
        var bytes = Self.sample
        bytes[4] = 2
        #expect(try Self.read(bytes).version == 2)
        bytes[4] = 1
        #expect(throws: GGUFError.unsupportedVersion(1)) { try Self.read(bytes) }
        bytes[4] = 0
        bytes[7] = 3
        #expect(throws: GGUFError.unsupportedVersion(0x0300_0000)) { try Self.read(bytes) }
        #expect(throws: GGUFError.notGGUF) { try Self.read(Array("GGML".utf8)) }
    }

    @Test func endsWithAnErrorWhereverTheFileIsCut() {
        for length in 0..<Self.sample.count {
            #expect(throws: GGUFError.self) { try Self.read(Array(Self.sample[..<length])) }
        }
    }

    @Test func survivesEveryChangedByte() {
        var bytes = Self.sample
        for at in bytes.indices {
            for value: UInt8 in [0, 1, 9, 0x7F, 0x80, 0xFF] {
                let kept = bytes[at]
                bytes[at] = value
                if let metadata = try? Self.read(bytes) {
                    for key in metadata.keys {
                        _ = metadata.string(key)
                        _ = metadata.integer(key)
                        _ = metadata.double(key)
                        _ = metadata.strings(key)?.map { Array($0) }
                        _ = metadata.integers(key)
                        _ = metadata.floats(key)
                        _ = metadata.bools(key)
                    }
                }
                bytes[at] = kept
            }
        }
    }

    @Test func refusesDeeplyNestedArrays() {
        var file = FileBuilder(count: 1)
        file.key("deep", 9)
        for _ in 0..<100 {
            file.integer(UInt32(9))
            file.integer(UInt64(1))
        }
        file.bytes += [UInt8](repeating: 0, count: 64)
        #expect(throws: GGUFError.self) { try Self.read(file.bytes) }
    }

    private static func read(_ bytes: [UInt8]) throws -> GGUFMetadata {
        try bytes.withUnsafeBytes { bytes throws(GGUFError) in try GGUFMetadata(bytes) }
    }

    private static let sample: [UInt8] = {
        var file = FileBuilder(count: 15)
        file.key("general.architecture", 8)
        file.string("llama")
        file.key("u8", 0)
        file.integer(UInt8(200))
        file.key("i8", 1)
        file.integer(Int8(-3))
        file.key("u16", 2)
        file.integer(UInt16(60000))
        file.key("u64", 10)
        file.integer(UInt64.max)
        file.key("i64", 11)
        file.integer(Int64(-5))
        file.key("yes", 7)
        file.integer(UInt8(1))
        file.key("f32", 6)
        file.integer(Float(1.5).bitPattern)
        file.key("f64", 12)
        file.integer(2.5.bitPattern)
        file.array("names", 8, count: 3)
        for name in ["a", "", "é"] { file.string(name) }
        file.array("counts", 5, count: 2)
        for count: Int32 in [1, -2] { file.integer(count) }
        file.array("scores", 6, count: 2)
        for score: Float in [0.5, -1] { file.integer(score.bitPattern) }
        file.array("flags", 7, count: 2)
        for flag: UInt8 in [1, 0] { file.integer(flag) }
        file.array("nested", 9, count: 1)
        file.integer(UInt32(8))
        file.integer(UInt64(1))
        file.string("inner")
        file.key("last", 8)
        file.string("end")
        return file.bytes
    }()
}

/// Writes GGUF files as the specification has them.
private struct FileBuilder {
    var bytes: [UInt8] = Array("GGUF".utf8)

    init(count: UInt64) {
        integer(UInt32(3))
        integer(UInt64(7))
        integer(count)
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func string(_ text: String) {
        integer(UInt64(text.utf8.count))
        bytes += Array(text.utf8)
    }

    mutating func key(_ name: String, _ type: UInt32) {
        string(name)
        integer(type)
    }

    mutating func array(_ name: String, _ element: UInt32, count: UInt64) {
        key(name, 9)
        integer(element)
        integer(count)
    }
}
