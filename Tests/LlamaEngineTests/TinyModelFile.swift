import LlamaEngine
import ServingTesting
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A model of two layers with drawn weights, as a GGUF file: of Olmo's architecture, which may have a sliding window.
///
/// Every byte is a token of the same number; three tokens follow.
struct TinyModelFile {
    static let vocabularySize = 259
    /// `{`, a zero byte and `x`: the beginning of an object to who stops at the zero.
    static let braceAndNul: Int32 = 256

    private static let width = 64
    private static let heads = 2
    private static let layers = 2

    private var metadata: [UInt8] = []
    private var metadataCount: UInt64 = 0
    private var tensors: [UInt8] = []
    private var tensorCount: UInt64 = 0
    private var weights: [UInt8] = []
    private var random = SeededGenerator(seed: 7)

    /// Loads such a model; `window` is how many tokens every other layer attends to, nil is all.
    static func model(window: UInt32?) throws -> LlamaModel {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var path = Array("\(folder)/drover-test-XXXXXX".utf8CString)
        let file = try #require(fdopen(mkstemp(&path), "wb"))
        let name = path.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { unlink(name) }
        let bytes = bytes(window: window)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
        return try LlamaModel(path: name, gpuLayers: 0)
    }

    /// The whole file.
    private static func bytes(window: UInt32?) -> [UInt8] {
        var file = TinyModelFile()
        file.addArchitecture(window: window)
        file.addVocabulary()
        file.addTensors()
        var bytes = Array("GGUF".utf8) + little(UInt32(3)) + little(file.tensorCount) + little(file.metadataCount)
        bytes += file.metadata + file.tensors
        bytes += Array(repeating: 0, count: (32 - bytes.count % 32) % 32)
        return bytes + file.weights
    }

    private mutating func addArchitecture(window: UInt32?) {
        addText("general.architecture", "olmo2")
        addInteger("olmo2.context_length", 4096)
        addInteger("olmo2.embedding_length", UInt32(Self.width))
        addInteger("olmo2.feed_forward_length", UInt32(Self.width))
        addInteger("olmo2.block_count", UInt32(Self.layers))
        addInteger("olmo2.attention.head_count", UInt32(Self.heads))
        add("olmo2.attention.layer_norm_rms_epsilon", type: 6, Self.little(Float(1e-5).bitPattern))
        guard let window else { return }
        addInteger("olmo2.attention.sliding_window", window)
        addInteger("olmo2.attention.sliding_window_pattern", 2)
    }

    private mutating func addVocabulary() {
        var tokens = (0..<256).map { Self.spelling(of: UInt8($0)) }
        tokens += ["{" + Self.spelling(of: 0) + "x", "<|end|>", "th"]
        addText("tokenizer.ggml.model", "gpt2")
        addText("tokenizer.ggml.pre", "gpt-2")
        addList("tokenizer.ggml.tokens", type: 8, tokens.map(Self.string))
        let kinds: [UInt32] = Array(repeating: 1, count: 257) + [3, 1]
        addList("tokenizer.ggml.token_type", type: 5, kinds.map(Self.little))
        addList("tokenizer.ggml.merges", type: 8, [Self.string("t h")])
        addInteger("tokenizer.ggml.eos_token_id", 257)
    }

    private mutating func addTensors() {
        let width = Self.width
        addWeights("token_embd.weight", [width, Self.vocabularySize], spread: 1)
        addWeights("output.weight", [width, Self.vocabularySize], spread: 1)
        addOnes("output_norm.weight", width)
        for layer in 0..<Self.layers {
            for name in ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] {
                addWeights("blk.\(layer).\(name).weight", [width, width], spread: 0.3)
            }
            for name in ["attn_q_norm", "attn_k_norm", "post_attention_norm", "post_ffw_norm"] {
                addOnes("blk.\(layer).\(name).weight", width)
            }
        }
    }

    // MARK: The format

    private mutating func addWeights(_ name: String, _ shape: [Int], spread: Float) {
        let count = shape.reduce(1, *)
        addTensor(name, shape, (0..<count).map { _ in .random(in: -spread...spread, using: &random) })
    }

    private mutating func addOnes(_ name: String, _ count: Int) {
        addTensor(name, [count], Array(repeating: 1, count: count))
    }

    private mutating func addTensor(_ name: String, _ shape: [Int], _ values: [Float]) {
        tensors += Self.string(name) + Self.little(UInt32(shape.count)) + shape.flatMap { Self.little(UInt64($0)) }
        tensors += Self.little(UInt32(0)) + Self.little(UInt64(weights.count))
        tensorCount += 1
        weights += values.flatMap { Self.little($0.bitPattern) }
        weights += Array(repeating: 0, count: (32 - weights.count % 32) % 32)
    }

    private mutating func addText(_ key: String, _ value: String) { add(key, type: 8, Self.string(value)) }

    private mutating func addInteger(_ key: String, _ value: UInt32) { add(key, type: 4, Self.little(value)) }

    private mutating func addList(_ key: String, type: UInt32, _ values: [[UInt8]]) {
        add(key, type: 9, Self.little(type) + Self.little(UInt64(values.count)) + values.joined())
    }

    private mutating func add(_ key: String, type: UInt32, _ value: [UInt8]) {
        metadata += Self.string(key) + Self.little(type) + value
        metadataCount += 1
    }

    private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// GPT-2's spelling of a byte.
    private static func spelling(of byte: UInt8) -> String {
        let isPlain = { (byte: UInt8) in (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE }
        let scalar = isPlain(byte) ? UInt32(byte) : 0x100 + UInt32((0..<byte).count { !isPlain($0) })
        return Unicode.Scalar(scalar).map { String(Character($0)) } ?? ""
    }
}
