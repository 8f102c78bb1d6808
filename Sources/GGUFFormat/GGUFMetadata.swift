/// The key-value part of a GGUF file: what a model says of itself and of its tokenizer.
///
/// It owns a copy of that part, so the file need not stay mapped. Values are decoded when they are asked for; each
/// look-up is by the key's name. Format: github.com/ggml-org/ggml, `docs/gguf.md`.
package struct GGUFMetadata: Sendable {
    /// Of the file format: 2 or 3.
    package let version: Int
    /// Tensors that the file holds.
    package let tensorCount: Int
    /// Keys in the order of the file.
    package let keys: [String]

    private let storage: [UInt8]
    private let entries: [String: Entry]

    private struct Entry {
        let type: GGUFValueType
        /// Where the value begins in `storage`.
        let offset: Int
    }

    /// Reads the metadata at the beginning of a GGUF file; the bytes are not used afterwards.
    ///
    /// O(keys + array elements that are strings). Whatever the bytes are, it ends with a value or an error, and it
    /// allocates at most in proportion to them.
    package init(_ bytes: UnsafeRawBufferPointer) throws(GGUFError) {
        guard bytes.count >= 4, bytes.prefix(4).elementsEqual("GGUF".utf8) else { throw .notGGUF }
        var cursor = GGUFCursor(bytes, at: 4)
        let version = try cursor.read(UInt32.self)
        guard version == 2 || version == 3 else { throw .unsupportedVersion(version) }
        let tensorCount = try cursor.read(UInt64.self)
        guard let tensorCount = Int(exactly: tensorCount) else { throw .truncated(offset: 8) }
        // A key takes its length, its value's type and a byte of value at least.
        let count = try cursor.readCount(ofSize: 8 + 4 + 1)
        var keys: [String] = []
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            let key = String(decoding: bytes[try cursor.readString()], as: UTF8.self)
            let type = try cursor.readType()
            if entries.updateValue(Entry(type: type, offset: cursor.position), forKey: key) == nil { keys.append(key) }
            try cursor.skip(type)
        }
        self.version = Int(version)
        self.tensorCount = tensorCount
        self.keys = keys
        self.entries = entries
        self.storage = Array(bytes[..<cursor.position])
    }

    /// A GGUF file with this metadata and no tensors. O(bytes).
    package var fileWithoutTensors: [UInt8] {
        var bytes = storage
        // Behind the mark and the version.
        bytes.replaceSubrange(8..<16, with: repeatElement(0, count: 8))
        return bytes
    }

    /// The model's architecture, as "llama".
    package var architecture: String? { string("general.architecture") }

    package func contains(_ key: String) -> Bool { entries[key] != nil }

    /// The text under a key; nil if there is none or it is not a string.
    package func string(_ key: String) -> String? {
        value(key) { type, cursor in
            guard type == .string else { return nil }
            let range = try cursor.readString()
            return String(decoding: cursor.bytes[range], as: UTF8.self)
        }
    }

    /// The integer under a key, of any width; nil if there is none, it is no integer, or it exceeds `Int`.
    package func integer(_ key: String) -> Int? {
        value(key) { type, cursor in try cursor.readInteger(type) }
    }

    package func bool(_ key: String) -> Bool? {
        value(key) { type, cursor in
            guard type == .bool else { return nil }
            return try cursor.read(UInt8.self) != 0
        }
    }

    /// The number under a key, of any width, as a double.
    package func double(_ key: String) -> Double? {
        value(key) { type, cursor in try cursor.readDouble(type) }
    }

    /// The array of strings under a key; nil if there is none or its elements are not strings.
    package func strings(_ key: String) -> GGUFStringArray? {
        let ranges: [Range<Int>]? = array(key) { element, count, cursor in
            guard element == .string else { return nil }
            var ranges: [Range<Int>] = []
            ranges.reserveCapacity(count)
            for _ in 0..<count { ranges.append(try cursor.readString()) }
            return ranges
        }
        return ranges.map { GGUFStringArray(storage: storage, ranges: $0) }
    }

    /// The array of integers under a key, of any width; nil if there is none or an element does not fit.
    package func integers(_ key: String) -> [Int]? {
        array(key) { element, count, cursor in
            try cursor.readElements(count) { cursor in try cursor.readInteger(element) }
        }
    }

    /// The array of numbers under a key, of any width.
    package func floats(_ key: String) -> [Float]? {
        array(key) { element, count, cursor in
            try cursor.readElements(count) { cursor in try cursor.readDouble(element).map { Float($0) } }
        }
    }

    /// The array of truth values under a key.
    package func bools(_ key: String) -> [Bool]? {
        array(key) { element, count, cursor in
            guard element == .bool else { return nil }
            return try cursor.readElements(count) { cursor in try cursor.read(UInt8.self) != 0 }
        }
    }

    // MARK: Parts

    /// Decodes the value under a key. `init` has walked over every value, so a cursor cannot run out of bytes here.
    private func value<Value>(
        _ key: String, _ decode: (GGUFValueType, inout GGUFCursor) throws -> Value?
    ) -> Value? {
        guard let entry = entries[key] else { return nil }
        return storage.withUnsafeBytes { bytes in
            var cursor = GGUFCursor(bytes, at: entry.offset)
            return (try? decode(entry.type, &cursor)) ?? nil
        }
    }

    private func array<Value>(
        _ key: String, _ decode: (GGUFValueType, Int, inout GGUFCursor) throws -> Value?
    ) -> Value? {
        value(key) { type, cursor in
            guard type == .array else { return nil }
            let element = try cursor.readType()
            let count = try cursor.readCount(ofSize: element.fixedSize ?? 8)
            return try decode(element, count, &cursor)
        }
    }
}
