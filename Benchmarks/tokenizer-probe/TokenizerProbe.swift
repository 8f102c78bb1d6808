import ServingModel
import Tokenization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Shows what the tokenizers make of texts, to `scripts/oracles/oracle.py`, which compares it with the references.
///
///     tokenizer-probe FILE...
///
/// The files are those of one tokenizer. Standard input is a row of texts, standard output of results; integers are
/// little-endian and four bytes long. Before everything else it gives the number of control tokens, and these.
///
///     text:    its length, with the highest bit set if control tokens are recognised in it; its bytes
///     result:  the number of tokens, the tokens; the length of what they decode to, its bytes
@main
enum TokenizerProbe {
    static func main() throws {
        var files = TokenizerFiles()
        for path in CommandLine.arguments.dropFirst() {
            files.add(String(path.split(separator: "/").last ?? ""), try bytes(of: path))
        }
        let tokenizer = try files.tokenizer()
        let vocabulary = tokenizer.vocabulary
        let controls = (0..<Int32(vocabulary.count)).filter { vocabulary.kind(of: TokenID($0)) == .control }
        var input = BufferedInput()
        var output: [UInt8] = []
        append(UInt32(controls.count), to: &output)
        for control in controls { append(UInt32(bitPattern: control), to: &output) }
        flush(&output)
        while let header = input.integer(), let text = input.bytes(Int(header & 0x7FFF_FFFF)) {
            var tokens: [TokenID] = []
            tokenizer.encode(text.span, specialsIn: header >> 31 == 1 ? [0..<text.count] : [], into: &tokens)
            append(UInt32(tokens.count), to: &output)
            for token in tokens { append(UInt32(bitPattern: token.rawValue), to: &output) }
            let decoded = tokenizer.decode(tokens)
            append(UInt32(decoded.count), to: &output)
            output += decoded
            // The other side waits for results before it sends more than a few texts.
            if !input.hasMore || output.count > 1 << 16 { flush(&output) }
        }
        flush(&output)
    }

    private struct Unreadable: Error {
        let path: String
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = fread(buffer.baseAddress, 1, size, file)
        }
    }

    private static func append(_ integer: UInt32, to output: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            output.append(UInt8(truncatingIfNeeded: integer >> shift))
        }
    }

    private static func flush(_ output: inout [UInt8]) {
        var written = 0
        while written < output.count {
            let count = output[written...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(1) }
            written += count
        }
        output.removeAll(keepingCapacity: true)
    }
}

/// Standard input, read in large parts.
private struct BufferedInput {
    private var buffer: [UInt8] = []
    private var position = 0

    /// Whether bytes are there already.
    var hasMore: Bool { position < buffer.count }

    mutating func integer() -> UInt32? {
        bytes(4)?.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        while buffer.count - position < count {
            buffer.removeFirst(position)
            position = 0
            var part = [UInt8](repeating: 0, count: 1 << 18)
            let got = part.withUnsafeMutableBytes { read(0, $0.baseAddress, $0.count) }
            guard got > 0 else { return nil }
            buffer += part[..<got]
        }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }
}
