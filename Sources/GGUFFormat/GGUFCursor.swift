/// Walks over GGUF bytes and never past their end.
struct GGUFCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    /// Arrays within arrays that are walked over.
    static let depthLimit = 4

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) throws(GGUFError) -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - position >= size else { throw .truncated(offset: position) }
        defer { position += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    mutating func readType() throws(GGUFError) -> GGUFValueType {
        let offset = position
        let number = try read(UInt32.self)
        guard let type = GGUFValueType(rawValue: number) else { throw .unknownType(number, offset: offset) }
        return type
    }

    /// Reads a count of things that take at least `size` bytes each, so that a corrupt one is refused at once.
    mutating func readCount(ofSize size: Int) throws(GGUFError) -> Int {
        let offset = position
        let count = try read(UInt64.self)
        guard count <= UInt64((bytes.count - position) / size) else { throw .truncated(offset: offset) }
        return Int(count)
    }

    /// Passes over a string and gives the range of its bytes.
    mutating func readString() throws(GGUFError) -> Range<Int> {
        let length = try readCount(ofSize: 1)
        defer { position += length }
        return position..<position + length
    }

    /// Passes over a value; O(1) except for arrays of strings and of arrays.
    mutating func skip(_ type: GGUFValueType, depth: Int = 0) throws(GGUFError) {
        if let size = type.fixedSize {
            guard bytes.count - position >= size else { throw .truncated(offset: position) }
            position += size
            return
        }
        if type == .string {
            _ = try readString()
            return
        }
        guard depth < Self.depthLimit else { throw .tooDeep(offset: position) }
        let element = try readType()
        // A string takes its length at least, an array its type and its count.
        let count = try readCount(ofSize: element.fixedSize ?? 8)
        if let size = element.fixedSize {
            position += count * size
            return
        }
        for _ in 0..<count { try skip(element, depth: depth + 1) }
    }
}
