import Foundation
import Gateway
import LlamaEngine

/// What `drover serve` can be told, beside what `ServiceSettings` and `ModelSettings` have.
///
/// Configuration keys
/// - `threads` (1 to 512, default: one less than the processor has): threads that compute.
/// - `gpuLayers` (0 or more, default: all): layers on the accelerator, if the build has one.
/// - `context` (16 or more, default: the model's, at most 8192): the most tokens of one request.
/// - `parallel` (1 to 128, default: 16): the most sequences that run at once.
/// - `cacheTokens` (16 or more, default: twice the context): tokens whose KV is kept.
/// - `prefillSeconds` (0.001 to 60, default: 0.2): about how long a step computes prompts beside running streams, which
///   wait for it. Never more than `prefillBudget` tokens (1 to 512, default: 512), nor less than 64 if that allows them.
/// - `queue` (0 to 65536, default: 256): requests that may wait. `queueSeconds` (0 to 86400, default: 60): how long.
struct ServeSettings {
    var service: ServiceSettings
    var model: ModelSettings
    var engine: LlamaConfiguration
    var gpuLayers: Int?

    static var defaultThreads: Int { max(ProcessInfo.processInfo.activeProcessorCount - 1, 1) }

    init(_ reader: SettingReader) throws(SettingError) {
        service = try ServiceSettings(reader)
        model = try ModelSettings(reader)
        engine = LlamaConfiguration(
            model: model.name, threads: try reader.integer(.threads, in: 1...512) ?? Self.defaultThreads)
        gpuLayers = try reader.integer(.gpuLayers, in: 0...Int(Int32.max))
        engine.contextTokens = try reader.integer(.context, in: 16...Int(Int32.max))
        engine.cacheTokens = try reader.integer(.cacheTokens, in: 16...Int(Int32.max))
        engine.parallelSequences = try reader.integer(.parallel, in: 1...128) ?? engine.parallelSequences
        engine.prefillBudgetTokens = try reader.integer(.prefillBudget, in: 1...512) ?? engine.prefillBudgetTokens
        engine.prefillBudgetSeconds =
            try reader.seconds(.prefillSeconds, in: 0.001...60) ?? engine.prefillBudgetSeconds
        engine.queueRequests = try reader.integer(.queue, in: 0...65536) ?? engine.queueRequests
        let limits = service.gateway.limits
        service.gateway.limits.queueSeconds =
            try reader.seconds(.queueSeconds, in: 0...ServiceSettings.day) ?? limits.queueSeconds
    }
}
