import Configuration

/// A setting whose value is not allowed.
struct SettingError: Error, CustomStringConvertible {
    let key: String
    let value: String
    let allowed: String

    var description: String { "\(key): '\(value)' is not allowed; give \(allowed)" }
}

/// Reads settings from the command line, the environment and a file alike, and refuses bad values by name.
struct SettingReader {
    let config: ConfigReader

    /// The value as text, whatever type its provider gives it; nil if no provider has one.
    func text(_ key: String) -> String? {
        let key = ConfigKey(key)
        return config.string(forKey: key) ?? config.int(forKey: key).map { String($0) }
            ?? config.double(forKey: key).map { String($0) } ?? config.bool(forKey: key).map { String($0) }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(SettingError) -> Int? {
        guard let text = text(key) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw SettingError(key: key, value: text, allowed: "a whole number, \(describe(range))")
        }
        return value
    }

    func number(
        _ key: String, in range: ClosedRange<Double>, unit: String = "a number"
    ) throws(SettingError) -> Double? {
        guard let text = text(key) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw SettingError(
                key: key, value: text, allowed: "\(unit) from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func seconds(_ key: String, in range: ClosedRange<Double>) throws(SettingError) -> Double? {
        try number(key, in: range, unit: "seconds")
    }

    func flag(_ key: String) throws(SettingError) -> Bool? {
        guard let text = text(key) else { return nil }
        guard let value = Bool(text.lowercased()) else {
            throw SettingError(key: key, value: text, allowed: "true or false")
        }
        return value
    }

    /// A value that must not be shown; nil if no provider has one, or an empty one.
    func secret(_ key: String) -> String? {
        config.string(forKey: ConfigKey(key), isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _: Value.Type
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
