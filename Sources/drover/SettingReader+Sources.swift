import Configuration
import Foundation
import Observability

extension SettingReader {
    /// Reads the command line before the environment (`DROVER_…`) before the file, if there is one.
    ///
    /// Of the command line, a value that was not given is nil. Throws for what is in the file and is no setting, and
    /// for a variable that looks like a misspelt one; other variables of that prefix may be somebody else's, and are
    /// named in a warning.
    static func reading(
        commandLine: [(key: SettingKey, value: String?)], file: String?
    ) async throws -> SettingReader {
        try checkEnvironment()
        let given = commandLine.compactMap { key, value in value.map { (key, $0) } }
        var providers: [any ConfigProvider] = [
            provider("command line", Dictionary(uniqueKeysWithValues: given)),
            EnvironmentVariablesProvider().prefixKeys(with: "drover"),
        ]
        if let file { providers.append(provider("file", try SettingFile(path: file).values)) }
        return SettingReader(config: ConfigReader(providers: providers))
    }

    private static func provider(_ name: String, _ values: [SettingKey: String]) -> any ConfigProvider {
        let values = values.map { key, text in
            (AbsoluteConfigKey(key.configKey), ConfigValue(.string(text), isSecret: key.isSecret))
        }
        return InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: values))
    }

    private static func checkEnvironment() throws(CommandFailure) {
        let known = Set(SettingKey.allCases.map(\.variable))
        let unknown = ProcessInfo.processInfo.environment.keys.sorted().filter { name in
            name.hasPrefix(SettingKey.variablePrefix) && !known.contains(name)
        }
        for name in unknown {
            guard let meant = SettingKey.nearest(to: name.dropFirst(SettingKey.variablePrefix.count)) else { continue }
            throw CommandFailure("environment: there is no setting \(name); did you mean \(meant.variable)?")
        }
        guard !unknown.isEmpty else { return }
        let line = "warning: not settings of drover, and ignored: \(unknown.joined(separator: ", "))\n"
        StandardError.write(Array(line.utf8))
    }
}

extension SettingKey {
    var configKey: ConfigKey { ConfigKey(rawValue) }
}
