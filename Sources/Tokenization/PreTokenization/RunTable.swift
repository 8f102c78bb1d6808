/// Values of all code points as a two-stage table, decoded from runs.
struct RunTable<Value: BitwiseCopyable & Sendable>: Sendable {
    private let blocks: ConstantBuffer<Int32>
    private let values: ConstantBuffer<Value>

    /// Decodes `length:value;` runs in hexadecimal that cover all code points.
    init(_ runs: StaticString, _ value: (UInt16) -> Value) {
        var flat: [UInt16] = []
        flat.reserveCapacity(0x110000)
        for entry in HexadecimalTable.entries(runs) {
            flat.append(contentsOf: repeatElement(UInt16(entry[1]), count: Int(entry[0])))
        }
        precondition(flat.count == 0x110000, "the generated runs cover all code points")
        var starts: [ArraySlice<UInt16>: Int32] = [:]
        var blocks: [Int32] = []
        var values: [Value] = []
        for start in stride(from: 0, to: flat.count, by: 128) {
            let block = flat[start..<start + 128]
            if let known = starts[block] {
                blocks.append(known)
            } else {
                starts[block] = Int32(values.count)
                blocks.append(Int32(values.count))
                values += block.map(value)
            }
        }
        self.blocks = ConstantBuffer(blocks)
        self.values = ConstantBuffer(values)
    }

    /// The value of a code point, which is below 0x110000.
    @inline(__always)
    func value(of scalar: UInt32) -> Value {
        values.elements[Int(blocks.elements[Int(scalar >> 7)]) + Int(scalar & 127)]
    }
}
