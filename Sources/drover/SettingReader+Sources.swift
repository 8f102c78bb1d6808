import Configuration
import SystemPackage

extension SettingReader {
    /// Reads the command line before the environment (`DROVER_…`) before the file, if there is one.
    ///
    /// Of the command line, a value that was not given is nil.
    static func reading(
        commandLine: [(key: String, value: String?)], file: String?
    ) async throws -> SettingReader {
        let values = commandLine.compactMap { key, value in
            value.map { (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string($0), isSecret: false)) }
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "command line", values: Dictionary(uniqueKeysWithValues: values)),
            EnvironmentVariablesProvider().prefixKeys(with: "drover"),
        ]
        if let file { providers.append(try await provider(of: file)) }
        return SettingReader(config: ConfigReader(providers: providers))
    }

    private static func provider(of file: String) async throws -> any ConfigProvider {
        do {
            if file.hasSuffix(".json") { return try await FileProvider<JSONSnapshot>(filePath: FilePath(file)) }
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))
        } catch {
            throw CommandFailure("config: cannot read '\(file)': \(error)")
        }
    }
}
