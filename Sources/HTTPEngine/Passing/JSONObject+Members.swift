import JSONBytes

extension JSONObject {
    func string(_ key: String) -> String? {
        if case .string(let value)? = self[key] { value } else { nil }
    }

    /// A number of things: an integer of at least 0.
    func count(_ key: String) -> Int? {
        if case .integer(let value)? = self[key], value >= 0 { value } else { nil }
    }

    func object(_ key: String) -> JSONObject? {
        if case .object(let value)? = self[key] { value } else { nil }
    }

    func array(_ key: String) -> [JSONValue]? {
        if case .array(let value)? = self[key] { value } else { nil }
    }
}
