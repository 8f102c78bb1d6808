import JSONBytes
import Testing

struct JSONEscapingTests {
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        return bytes
    }

    /// Whatever stands around it: texts are looked at eight bytes at a time.
    @Test func escapesEveryByteAtEveryPlace() {
        for filler in [UInt8(ascii: "a"), UInt8(ascii: "b"), 0x7F, 0xFF] {
            for byte in UInt8.min...UInt8.max {
                let alone = Self.escaped([byte])
                #expect((byte < 0x20 || byte == 0x22 || byte == 0x5C) == (alone.count > 1))
                for length in [7, 8, 9, 16, 23] {
                    for at in 0..<length {
                        var text = [UInt8](repeating: filler, count: length)
                        text[at] = byte
                        let expected = text[..<at] + alone + text[(at + 1)...]
                        #expect(Self.escaped(text).elementsEqual(expected), "byte \(byte) at \(at) of \(length)")
                    }
                }
            }
        }
    }
}
