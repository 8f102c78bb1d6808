extension GGUFCursor {
    /// Reads a value if it is an integer that fits.
    mutating func readInteger(_ type: GGUFValueType) throws(GGUFError) -> Int? {
        switch type {
        case .uint8: Int(try read(UInt8.self))
        case .int8: Int(try read(Int8.self))
        case .uint16: Int(try read(UInt16.self))
        case .int16: Int(try read(Int16.self))
        case .uint32: Int(try read(UInt32.self))
        case .int32: Int(try read(Int32.self))
        case .uint64: Int(exactly: try read(UInt64.self))
        case .int64: Int(try read(Int64.self))
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// Reads a value if it is a number.
    mutating func readDouble(_ type: GGUFValueType) throws(GGUFError) -> Double? {
        switch type {
        case .float32: Double(Float(bitPattern: try read(UInt32.self)))
        case .float64: Double(bitPattern: try read(UInt64.self))
        default: try readInteger(type).map { Double($0) }
        }
    }

    /// Reads `count` elements; nil as soon as one is nil.
    mutating func readElements<Element>(
        _ count: Int, _ read: (inout GGUFCursor) throws -> Element?
    ) throws -> [Element]? {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let element = try read(&self) else { return nil }
            elements.append(element)
        }
        return elements
    }
}
