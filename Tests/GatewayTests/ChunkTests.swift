import Gateway
import NIOCore
import Testing

struct ChunkTests {
    @Test(arguments: [1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 65535, 65536, 1_000_000])
    func writesItsSizeInHexadecimal(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var buffer = ByteBuffer(string: "before")
        buffer.writeChunk(bytes)
        let expected = Array("before".utf8) + Array("\(String(count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
        #expect(Array(buffer.readableBytesView) == expected)
    }
}
