import Configuration
import Foundation
import Gateway
import LlamaEngine
import Logging
import Observability
import ServingModel

/// What `drover serve` can be told: on the command line (`--queue-seconds`), in the environment
/// (`DROVER_QUEUE_SECONDS`), and in a YAML or JSON file (`queueSeconds`), in this order of precedence.
///
/// Configuration keys
/// - `model` (path, required): the GGUF file.
/// - `name` (string, default: the file's name without `.gguf`): what clients call the model.
/// - `host` (string, default: 127.0.0.1), `port` (0 to 65535, default: 8080; 0 takes any free one).
/// - `threads` (1 to 512, default: one less than the processor has): threads that compute.
/// - `gpuLayers` (0 or more, default: all): layers on the accelerator, if the build has one.
/// - `context` (16 or more, default: the model's, at most 8192): the most tokens of one request.
/// - `parallel` (1 to 128, default: 16): the most sequences that run at once.
/// - `cacheTokens` (16 or more, default: twice the context): tokens whose KV is kept.
/// - `prefillSeconds` (0.001 to 60, default: 0.2): about how long a step computes prompts beside running streams, which
///   wait for it. Never more than `prefillBudget` tokens (1 to 512, default: 512), nor less than 64 if that allows them.
/// - `queue` (0 to 65536, default: 256): requests that may wait. `queueSeconds` (0 to 86400, default: 60): how long.
/// - `drainSeconds` (0 to 86400, default: 30): how long running streams may take to end after SIGTERM.
/// - `stallSeconds` (1 to 86400, default: 60): how long a client may leave its stream unread.
/// - `maxBodyBytes` (1024 to 1 GiB, default: 16 MiB): the largest request body.
/// - `eventLoops` (1 to 64, default: 1): threads that serve connections.
/// - `outputFormat` (auto, none, or a format's name; default: auto): how the model writes reasoning and tool calls.
/// - `logLevel` (trace, debug, info, notice, warning, error, critical; default: notice).
/// - `logForm` (text, json; default: text).
struct ServeSettings {
    var modelPath: String
    var gateway = GatewayConfiguration()
    var engine: LlamaConfiguration
    var gpuLayers: Int?
    var outputFormat: OutputFormatSetting
    var logLevel: Logger.Level
    var logForm: LogForm

    static var defaultThreads: Int { max(ProcessInfo.processInfo.activeProcessorCount - 1, 1) }

    init(_ reader: SettingReader) throws(SettingError) {
        guard let modelPath = reader.text(.model) else {
            throw SettingError(key: .model, value: "", allowed: "the path of a GGUF file")
        }
        self.modelPath = modelPath
        let file = modelPath.split(separator: "/").last.map(String.init) ?? modelPath
        let name = reader.text(.name) ?? (file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file)
        guard !name.isEmpty else { throw SettingError(key: .name, value: name, allowed: "at least one character") }

        engine = LlamaConfiguration(
            model: ModelID(name), threads: try reader.integer(.threads, in: 1...512) ?? Self.defaultThreads)
        gpuLayers = try reader.integer(.gpuLayers, in: 0...Int(Int32.max))
        engine.contextTokens = try reader.integer(.context, in: 16...Int(Int32.max))
        engine.cacheTokens = try reader.integer(.cacheTokens, in: 16...Int(Int32.max))
        engine.parallelSequences = try reader.integer(.parallel, in: 1...128) ?? engine.parallelSequences
        engine.prefillBudgetTokens = try reader.integer(.prefillBudget, in: 1...512) ?? engine.prefillBudgetTokens
        engine.prefillBudgetSeconds =
            try reader.seconds(.prefillSeconds, in: 0.001...60) ?? engine.prefillBudgetSeconds
        engine.queueRequests = try reader.integer(.queue, in: 0...65536) ?? engine.queueRequests

        gateway.host = reader.text(.host) ?? gateway.host
        gateway.port = try reader.integer(.port, in: 0...65535) ?? gateway.port
        gateway.eventLoops = try reader.integer(.eventLoops, in: 1...64) ?? gateway.eventLoops
        let day = 86400.0
        let limits = gateway.limits
        gateway.limits.queueSeconds = try reader.seconds(.queueSeconds, in: 0...day) ?? limits.queueSeconds
        gateway.limits.drainSeconds = try reader.seconds(.drainSeconds, in: 0...day) ?? limits.drainSeconds
        gateway.limits.stallSeconds = try reader.seconds(.stallSeconds, in: 1...day) ?? limits.stallSeconds
        gateway.limits.bodyBytes = try reader.integer(.maxBodyBytes, in: 1024...(1 << 30)) ?? limits.bodyBytes

        outputFormat = try OutputFormatSetting(reader)
        logLevel = try reader.choice(.logLevel, Logger.Level.self) ?? .notice
        logForm = try reader.choice(.logForm, LogForm.self) ?? .text
    }
}
