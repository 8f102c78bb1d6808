/// The settings of a configuration file: each one known, a single value, and there once.
struct SettingFile {
    private(set) var values: [SettingKey: String] = [:]
    private let path: String

    /// Reads JSON if the path ends in `.json`, else YAML.
    init(path: String) throws {
        self.path = path
        let bytes = try MappedFile.withBytes(of: path) { Array($0) }
        let root: SettingNode
        do {
            root = try path.hasSuffix(".json") ? SettingNode(json: bytes) : SettingNode(yaml: Self.text(bytes))
        } catch {
            throw failure("\(error)")
        }
        guard case .mapping(let members) = root else { throw failure("it must be a mapping, not \(root.kind)") }
        for member in members { try take(member.node, named: member.name) }
    }

    private static func text(_ bytes: [UInt8]) throws(CommandFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw CommandFailure("it is not UTF-8") }
        return text
    }

    private mutating func take(_ node: SettingNode, named name: String) throws(CommandFailure) {
        if let key = SettingKey(rawValue: name) {
            guard case .value(let text) = node else {
                throw failure("'\(name)' must be a single value, not \(node.kind)")
            }
            guard values.updateValue(text, forKey: key) == nil else { throw failure("'\(name)' is there twice") }
        } else if SettingKey.scopes.contains(name) {
            guard case .mapping(let members) = node else {
                throw failure("'\(name)' must be a mapping, not \(node.kind)")
            }
            for member in members { try take(member.node, named: "\(name).\(member.name)") }
        } else {
            let meant = SettingKey.nearest(to: name).map { "; did you mean '\($0.rawValue)'?" } ?? "."
            let known = SettingKey.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("there is no setting '\(name)'\(meant) The settings are \(known).")
        }
    }

    private func failure(_ problem: String) -> CommandFailure { CommandFailure("config: '\(path)': \(problem)") }
}
