/// A value as a key: `1`, `1.0` and `true` are the same key, as in Python.
struct HashKey: Hashable {
    let value: Value

    /// Nil when Python could not hash the value.
    init?(_ value: Value) {
        switch value {
        case .list, .dictionary, .view, .missing: return nil
        case .tuple(let elements):
            for element in elements.values where HashKey(element) == nil { return nil }
            self.value = value
        default: self.value = value
        }
    }

    /// For a value that is known to be hashable.
    init(unchecked value: Value) { self.value = value }

    static func == (left: HashKey, right: HashKey) -> Bool { left.value.equals(right.value) }

    func hash(into hasher: inout Hasher) {
        switch value {
        case .bool(let value): hasher.combine(value ? 1 : 0)
        case .integer(let value): hasher.combine(value)
        case .double(let value):
            if let integer = Int(exactly: value) { hasher.combine(integer) } else { hasher.combine(value) }
        case .string(let text), .largeInteger(let text): hasher.combine(text)
        case .tuple(let elements): for element in elements.values { HashKey(unchecked: element).hash(into: &hasher) }
        default: hasher.combine(0)
        }
    }
}
