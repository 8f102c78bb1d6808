import CLlama
import ServingModel
import StepScheduling

/// A model's KV cache and compute state. Confined to the engine's thread.
final class LlamaContext {
    private let context: OpaquePointer
    private let memory: OpaquePointer
    private var batch: llama_batch
    private let threadPool: OpaquePointer?
    let model: LlamaModel

    init(model: LlamaModel, configuration: LlamaConfiguration, limits: StepLimits) throws(LlamaError) {
        var parameters = llama_context_default_params()
        parameters.n_ctx = UInt32(limits.cacheTokens)
        parameters.n_batch = UInt32(limits.batchTokens)
        parameters.n_ubatch = UInt32(limits.batchTokens)
        parameters.n_seq_max = UInt32(limits.parallelSequences + limits.parkedSequences)
        parameters.kv_unified = true
        parameters.n_threads = Int32(configuration.threads)
        parameters.n_threads_batch = Int32(configuration.threads)
        parameters.no_perf = true
        let (made, errors) = LlamaRuntime.collectingErrors { llama_init_from_model(model.pointer, parameters) }
        guard let made else { throw .noContext(reason: errors) }
        guard let memory = llama_get_memory(made) else {
            llama_free(made)
            throw .noContext(reason: "the model keeps no state between steps")
        }
        self.model = model
        context = made
        self.memory = memory
        batch = llama_batch_init(Int32(limits.batchTokens), 0, 1)
        threadPool = Self.attachThreadPool(to: made, threads: configuration.threads)
        try warmUp()
    }

    deinit {
        llama_batch_free(batch)
        llama_free(context)
        if let threadPool { ggml_threadpool_free(threadPool) }
    }

    /// llama.cpp built without OpenMP starts threads for every step unless it is given a pool.
    private static func attachThreadPool(to context: OpaquePointer, threads: Int) -> OpaquePointer? {
        guard threads > 1 else { return nil }
        var parameters = ggml_threadpool_params_default(Int32(threads))
        let pool = ggml_threadpool_new(&parameters)
        if let pool { llama_attach_threadpool(context, pool, pool) }
        return pool
    }

    /// The first step allocates and pages in; no request should pay for that.
    private func warmUp() throws(LlamaError) {
        let row = StepPlan.Row(
            token: model.endTokens.first ?? TokenID(0), position: 0, sequence: SequenceID(0), wantsLogits: true)
        let (status, errors) = LlamaRuntime.collectingErrors { decode([row]) }
        guard status == 0 else { throw .noContext(reason: "the first step failed: \(errors)") }
        clear()
    }

    func apply(_ operations: [CacheOperation]) {
        for operation in operations {
            switch operation {
            case .share(let from, let to, let length):
                // Where prefixes cannot be shared, only whole sequences are: what llama.cpp asserts there.
                let end = model.sharesPrefixes ? Int32(length) : -1
                llama_memory_seq_cp(memory, from.rawValue, to.rawValue, 0, end)
            case .cut(let sequence, let length):
                _ = llama_memory_seq_rm(memory, sequence.rawValue, Int32(length), -1)
            }
        }
    }

    /// Whether a step's decodes are computed before its prompts instead of with them.
    ///
    /// On a processor, attention goes through queries by tiles of 64 and skips keys that no query of the tile attends to.
    /// Decodes among prompt rows attend to everybody's keys, so hardly any is skipped. An accelerator gains more from one
    /// large batch.
    let computesPhasesApart = !llama_supports_gpu_offload()

    /// Computes a batch to its end; returns llama.cpp's status, 0 if all went well.
    func decode(_ rows: ArraySlice<StepPlan.Row>) -> Int32 {
        for (at, row) in rows.enumerated() {
            batch.token[at] = row.token.rawValue
            batch.pos[at] = Int32(row.position)
            batch.n_seq_id[at] = 1
            batch.seq_id[at]?[0] = row.sequence.rawValue
            batch.logits[at] = row.wantsLogits ? 1 : 0
        }
        batch.n_tokens = Int32(rows.count)
        let status = llama_decode(context, batch)
        llama_synchronize(context)
        return status
    }

    /// The logits of a row of the last batch that wanted them. The engine's memory; may be overwritten.
    func logits(row: Int) -> UnsafeMutableBufferPointer<Float>? {
        llama_get_logits_ith(context, Int32(row)).map {
            UnsafeMutableBufferPointer(start: $0, count: model.vocabularySize)
        }
    }

    func clear() { llama_memory_clear(memory, true) }
}
