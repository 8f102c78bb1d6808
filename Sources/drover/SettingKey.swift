/// Everything that can be set. The raw value is the key in a configuration file, where a dot leads into a mapping.
///
/// What is not here is not a setting, so that a key or a variable that is misspelt can be told by name.
enum SettingKey: String, CaseIterable {
    // Of `drover serve`.
    case model, name, host, port, threads, gpuLayers, context, parallel, cacheTokens
    case prefillSeconds, prefillBudget, queue, queueSeconds, drainSeconds, stallSeconds
    case maxBodyBytes, eventLoops, outputFormat, logLevel, logForm
    case tlsCertificate, tlsKey, tlsClientCa, apiKeysFile, serverApiKey
    // Of `drover gateway`.
    case workers, modelPath, checkSeconds, firstTokenSeconds, silenceSeconds
    case workerCa, workerCertificate, workerKey, workerApiKey
    // Of `drover worker`.
    case listen
    // Of `drover chat`.
    case chatURL = "chat.url"
    case chatModel = "chat.model"
    case chatSystem = "chat.system"
    case chatTemperature = "chat.temperature"
    case chatMaxTokens = "chat.maxTokens"
    case chatStats = "chat.stats"
    case chatConnectSeconds = "chat.connectSeconds"
    case chatIdleSeconds = "chat.idleSeconds"
    case apiKey

    static let variablePrefix = "DROVER_"

    /// The environment variable: `DROVER_QUEUE_SECONDS` for `queueSeconds`.
    var variable: String {
        Self.variablePrefix
            + rawValue.map { $0 == "." ? "_" : $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
    }

    var isSecret: Bool { [.apiKey, .serverApiKey, .workerApiKey].contains(self) }

    /// Mappings that hold settings, such as `chat`.
    static let scopes = Set(
        allCases.compactMap { key in key.rawValue.firstIndex(of: ".").map { String(key.rawValue[..<$0]) } })

    /// The key that a name was probably meant to be: the one most like it, if no more than two letters, and no more
    /// than a third of them, are wrong. Capitals and signs don't count.
    static func nearest(to name: some StringProtocol) -> SettingKey? {
        let letters = letters(of: name)
        let ranked = allCases.map { key in
            (key: key, distance: EditDistance.between(letters, Self.letters(of: key.rawValue)))
        }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= min(2, letters.count / 3) ? best.key : nil
    }

    private static func letters(of name: some StringProtocol) -> [Character] {
        Array(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}
