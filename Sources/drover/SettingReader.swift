import Configuration

/// A setting whose value is not allowed.
struct SettingError: Error, CustomStringConvertible {
    let key: SettingKey
    let value: String
    let allowed: String

    var description: String { "\(key.rawValue): '\(value)' is not allowed; give \(allowed)" }
}

/// Reads settings from the command line, the environment and a file alike, and refuses bad values by name.
struct SettingReader {
    let config: ConfigReader

    /// The value as text; nil if no provider has one.
    func text(_ key: SettingKey) -> String? { config.string(forKey: key.configKey) }

    func integer(_ key: SettingKey, in range: ClosedRange<Int>) throws(SettingError) -> Int? {
        guard let text = text(key) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw SettingError(key: key, value: text, allowed: "a whole number, \(describe(range))")
        }
        return value
    }

    func number(
        _ key: SettingKey, in range: ClosedRange<Double>, unit: String = "a number"
    ) throws(SettingError) -> Double? {
        guard let text = text(key) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw SettingError(
                key: key, value: text, allowed: "\(unit) from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func seconds(_ key: SettingKey, in range: ClosedRange<Double>) throws(SettingError) -> Double? {
        try number(key, in: range, unit: "seconds")
    }

    func flag(_ key: SettingKey) throws(SettingError) -> Bool? {
        guard let text = text(key) else { return nil }
        guard let value = Bool(text.lowercased()) else {
            throw SettingError(key: key, value: text, allowed: "true or false")
        }
        return value
    }

    /// A value that must not be shown; nil if no provider has one, or an empty one.
    func secret(_ key: SettingKey) -> String? {
        config.string(forKey: key.configKey, isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: SettingKey, _: Value.Type
    ) throws(SettingError) -> Value? where Value.RawValue == String {
        guard let text = text(key) else { return nil }
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(key: key, value: text, allowed: "one of \(names)")
        }
        return value
    }

    private func describe(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    }
}
