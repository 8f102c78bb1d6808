import ChatClient
import Configuration

/// What `drover chat` can be told: on the command line (`--max-tokens`), in the environment
/// (`DROVER_CHAT_MAX_TOKENS`), and in a YAML or JSON file (`maxTokens` in `chat`), in this order of precedence.
///
/// Configuration keys
/// - `chat.url` (http or https URL, default: http://127.0.0.1:8080/v1): the base URL of the API.
/// - `chat.model` (string, default: the first that the server lists).
/// - `chat.system` (string, default: none): the system prompt.
/// - `chat.temperature` (0 to 2, default: the server's).
/// - `chat.maxTokens` (1 or more, default: the server's): the most tokens of an answer.
/// - `chat.stats` (true or false, default: true): whether tokens and their rate are shown.
/// - `chat.connectSeconds` (0.1 to 3600, default: 10): how long a connection may take to be made.
/// - `chat.idleSeconds` (0.1 to 86400, default: 600): how long the server may say nothing.
/// - `apiKey` (secret, default: the variable OPENAI_API_KEY, or none): not on the command line, where others see it.
struct ChatSettings {
    var url: ServerURL
    var model: String?
    var system: String
    var temperature: Double?
    var maxTokens: Int?
    var showsStatistics: Bool
    var limits = ChatLimits()
    var apiKey: String?

    init(_ reader: SettingReader) throws(SettingError) {
        let url = reader.text(.chatURL) ?? "http://127.0.0.1:8080/v1"
        guard let server = ServerURL(url) else {
            let shown = url.contains("@") ? "(not shown)" : url
            throw SettingError(
                key: .chatURL, value: shown, allowed: "an http or https URL without user, query and fragment")
        }
        self.url = server
        model = reader.text(.chatModel)
        system = reader.text(.chatSystem) ?? ""
        temperature = try reader.number(.chatTemperature, in: 0...2)
        maxTokens = try reader.integer(.chatMaxTokens, in: 1...Int.max)
        showsStatistics = try reader.flag(.chatStats) ?? true
        limits.connectSeconds =
            try reader.seconds(.chatConnectSeconds, in: 0.1...3600) ?? limits.connectSeconds
        limits.idleSeconds = try reader.seconds(.chatIdleSeconds, in: 0.1...86400) ?? limits.idleSeconds
        let openAIKey = ConfigReader(provider: EnvironmentVariablesProvider())
            .string(forKey: "openai.apiKey", isSecret: true)
        apiKey = reader.secret(.apiKey) ?? openAIKey.flatMap { $0.isEmpty ? nil : $0 }
        guard apiKey?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else {
            throw SettingError(key: .apiKey, value: "(not shown)", allowed: "visible ASCII characters")
        }
    }
}
