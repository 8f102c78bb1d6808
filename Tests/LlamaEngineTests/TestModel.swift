import GGUFFormat
import LlamaEngine
import ServingModel
import ServingTesting
import Tokenization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The model that the tests run, loaded once. `make test` provides the file; its weights are 16-bit floats, so that
/// results depend least on how llama.cpp batches its work.
enum TestModel {
    static let path: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/.drover/models/SmolLM2-135M-Instruct.F16.gguf"
    }()
    static var isThere: Bool { access(path, R_OK) == 0 }

    static let model = Result { try LlamaModel(path: path, gpuLayers: 0) }

    static let tokenizer = Result {
        // The metadata of a model file lie at its beginning; these are some two megabytes.
        guard let file = fopen(path, "rb") else { throw LlamaError.missingFile(path: path) }
        defer { fclose(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 20) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        let metadata = try bytes.withUnsafeBytes { bytes throws(GGUFError) in try GGUFMetadata(bytes) }
        return try GGUFVocabulary.tokenizer(of: metadata)
    }

    static func tokens(_ text: String) -> [TokenID] { (try? tokenizer.get().encode(text)) ?? [] }

    static func text(_ tokens: [TokenID]) -> String {
        String(decoding: (try? tokenizer.get().decode(tokens)) ?? [], as: UTF8.self)
    }

    static let clock = ManualClock()

    static func engine(
        contextTokens: Int = 256, cacheTokens: Int = 1024, parallelSequences: Int = 8, queueRequests: Int = 64
    ) throws -> EmbeddedEngine {
        var configuration = LlamaConfiguration(model: ModelID("test"), threads: 1)
        configuration.contextTokens = contextTokens
        configuration.cacheTokens = cacheTokens
        configuration.parallelSequences = parallelSequences
        configuration.queueRequests = queueRequests
        return try EmbeddedEngine(model: model.get(), configuration: configuration, drawSeed: { 1 }, now: { clock.now })
    }

    static let prompt = tokens("The capital of France is")

    static func subject(parallelSequences: Int = 4, queueRequests: Int = 3) -> EngineConformance.Subject {
        EngineConformance.Subject(
            make: {
                try engine(contextTokens: 128, parallelSequences: parallelSequences, queueRequests: queueRequests)
            }, prompt: prompt, parallelSequences: parallelSequences, queueRequests: queueRequests, now: clock.now)
    }

    /// Runs `body` on an engine, which is shut down behind it.
    static func withSession(
        _ engine: EmbeddedEngine, _ body: (EngineSession) async throws -> Void
    ) async throws {
        let session = EngineSession(engine, subject())
        do {
            try await body(session)
        } catch {
            await engine.shutDown()
            throw error
        }
        await engine.shutDown()
    }
}
