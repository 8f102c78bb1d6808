import Fleet
import GRPCEngines
import Gateway
import HTTPEngine
import ServingModel

/// What `drover gateway` can be told, beside what `ServiceSettings` has.
///
/// Configuration keys
/// - `workers` (addresses with commas between, required): where the engines are.
/// - `modelPath` (path, default: what the worker names or sends): the model's tokenizer and chat template.
/// - `name` (string, default: what the worker says): what clients call the model, if there is one.
/// - `outputFormat` (auto, none, or a format's name; default: auto): how models write reasoning and tool calls.
/// - `workerCa`, `workerCertificate`, `workerKey` (paths of PEM files): the certificates that workers are trusted by, and
///   what they are shown.
/// - `workerApiKey` (secret): what workers behind HTTP are sent as a bearer token.
/// - `checkSeconds` (0.1 to 3600, default: 1): how often workers are asked how they are.
/// - `firstTokenSeconds` (1 to 86400, default: 600): how long a request may wait for its first token.
/// - `silenceSeconds` (1 to 86400, default: 300): how long a running request may go without a token; one
///   that is not streamed has this beside `firstTokenSeconds` for all of its answer.
struct GatewaySettings {
    var service: ServiceSettings
    var workers: [WorkerAddress]
    var modelPath: String?
    var name: ModelID?
    var outputFormat: OutputFormatSetting
    var fleet = FleetService.Configuration()
    var engine = RemoteEngineLimits()
    var upstream = HTTPUpstreamLimits()

    init(_ reader: SettingReader) throws {
        service = try ServiceSettings(reader)
        let tls = WorkerTLS(
            authority: reader.text(.workerCa), certificate: reader.text(.workerCertificate),
            key: reader.text(.workerKey))
        let apiKey = reader.secret(.workerApiKey)
        let list = reader.text(.workers) ?? ""
        workers = try list.split(separator: ",").map { part in
            let text = part.trimmed
            guard let worker = try WorkerAddress(text, tls: tls, apiKey: apiKey) else {
                throw SettingError(key: .workers, value: text, allowed: WorkerAddress.forms)
            }
            return worker
        }
        guard !workers.isEmpty else {
            throw SettingError(key: .workers, value: list, allowed: "the address of at least one worker")
        }
        guard Set(workers.map(\.id)).count == workers.count else {
            throw SettingError(key: .workers, value: list, allowed: "each worker once")
        }
        modelPath = reader.text(.modelPath)
        name = reader.text(.name).map(ModelID.init)
        outputFormat = try OutputFormatSetting(reader)
        fleet.checkSeconds = try reader.seconds(.checkSeconds, in: 0.1...3600) ?? fleet.checkSeconds
        fleet.retrySeconds = fleet.checkSeconds
        service.gateway.limits.queueSeconds =
            try reader.seconds(.firstTokenSeconds, in: 1...ServiceSettings.day) ?? 600
        engine.silenceSeconds =
            try reader.seconds(.silenceSeconds, in: 1...ServiceSettings.day) ?? engine.silenceSeconds
        upstream.firstByteSeconds = service.gateway.limits.queueSeconds
        upstream.idleSeconds = engine.silenceSeconds
    }
}

extension Substring {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
