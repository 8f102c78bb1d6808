import JSONBytes

/// An immutable dictionary that keeps the order of its keys' first appearance.
///
/// One that is made of JSON makes values of its members when they are asked for, so that what a template never looks
/// at costs nothing. Look-up is linear in small dictionaries and hashed in large ones.
///
/// Sendable although it fills itself in, because one made of JSON never leaves the rendering that made it, which runs on
/// one thread; one in a program is complete.
final class Mapping: @unchecked Sendable {
    let count: Int
    /// Whether the members are made of JSON when they are asked for.
    let isJSON: Bool
    /// What the members are made of.
    let jsonKeys: [String]
    let jsonValues: [JSONValue]
    // Checks of exclusive access would cost more than the look-ups; they are not needed because no access lasts while
    // another begins: nothing that runs during one comes back here.
    /// Empty until they are asked for, if they are made of JSON.
    @exclusivity(unchecked) private var storedKeys: [Value]
    /// Nil until one is asked for, if they are made of JSON; `missing` where a value was not asked for yet.
    @exclusivity(unchecked) private var storedValues: UnsafeMutablePointer<Value>?
    /// Levels of containers; of one made of JSON, not more than this.
    let depth: Int
    @exclusivity(unchecked) private var positions: [HashKey: Int]

    private static let hashedFrom = 9
    /// The roles of the chat APIs.
    private static let roles = ["user", "assistant", "tool", "system", "developer", "function"].map { role in
        (name: role, value: Value.string(Text(role, .template)))
    }

    /// Keys must be hashable and different from each other.
    private init(keys: [Value], values: [Value], positions: [HashKey: Int]) {
        count = keys.count
        isJSON = false
        jsonKeys = []
        jsonValues = []
        storedKeys = keys
        storedValues = .allocate(capacity: max(values.count, 1))
        _ = UnsafeMutableBufferPointer(start: storedValues, count: values.count).initialize(from: values)
        depth = max(values.reduce(0) { max($0, $1.depth) }, keys.reduce(0) { max($0, $1.depth) }) + 1
        self.positions = positions
    }

    /// A dictionary of keys and values in turn; nil if a key cannot be one.
    convenience init?(alternating items: [Value]) {
        var builder = Builder(reserving: items.count / 2)
        for at in stride(from: 0, to: items.count, by: 2) {
            guard let key = HashKey(items[at]) else { return nil }
            builder[key] = items[at + 1]
        }
        self.init(keys: builder.keys, values: builder.values, positions: builder.positions)
    }

    /// A dictionary of JSON with at most `depth` levels of containers.
    init(_ source: JSONObject, depth: Int) {
        self.depth = depth
        count = source.count
        isJSON = true
        jsonKeys = source.keys
        jsonValues = source.values
        storedKeys = []
        storedValues = nil
        positions = [:]
    }

    deinit {
        storedValues?.deinitialize(count: count)
        storedValues?.deallocate()
    }

    var keys: [Value] {
        if isJSON, storedKeys.isEmpty { storedKeys = jsonKeys.map { .input($0) } }
        return storedKeys
    }

    var values: [Value] {
        (0..<count).map { value(at: $0) }
    }

    subscript(name: Name) -> Value? { place(of: name)?.pointee }

    /// Where the value of a key is; it stays there as long as the dictionary lives.
    func place(of name: Name) -> UnsafePointer<Value>? {
        guard isJSON, name.isASCII, count < Mapping.hashedFrom else {
            return position(of: name.text).map { place(at: $0) }
        }
        // Canonically equivalent strings of the same length, one of them in ASCII, are the same.
        let length = name.text.bytes.count
        for at in 0..<count where jsonKeys[at].utf8.count == length && jsonKeys[at] == name.string {
            return place(at: at)
        }
        return nil
    }

    subscript(name: Text) -> Value? {
        position(of: name).map { value(at: $0) }
    }

    /// The value of a key of any hashable kind.
    subscript(key: HashKey) -> Value? {
        if case .string(let text) = key.value { return self[text] }
        if isJSON { return nil }
        if !positions.isEmpty { return positions[key].map { value(at: $0) } }
        return storedKeys.firstIndex { HashKey(unchecked: $0) == key }.map { value(at: $0) }
    }

    private func position(of name: Text) -> Int? {
        if isJSON, count >= Mapping.hashedFrom, positions.isEmpty {
            for (at, key) in keys.enumerated() { positions[HashKey(unchecked: key)] = at }
        }
        if !positions.isEmpty { return positions[HashKey(unchecked: .string(name))] }
        let keys = keys
        for at in keys.indices {
            if case .string(let key) = keys[at], key.bytes == name.bytes { return at }
        }
        return nil
    }

    private func value(at position: Int) -> Value { place(at: position).pointee }

    private func place(at position: Int) -> UnsafePointer<Value> {
        let values: UnsafeMutablePointer<Value>
        if let storedValues {
            values = storedValues
        } else {
            values = .allocate(capacity: max(count, 1))
            values.initialize(repeating: .missing, count: count)
            storedValues = values
        }
        precondition(position < count, "a position outside the dictionary")
        if isJSON, case .missing = values[position] {
            values[position] = value(jsonValues[position], of: jsonKeys[position])
        }
        return UnsafePointer(values + position)
    }

    /// A member of the context as the language sees it; its strings are input.
    ///
    /// Only the well-known roles count as the template's text: many templates make a special token of one, as in
    /// `'<|' + message.role + '|>'`, and from this closed set none comes about that the conversation does not mean.
    private func value(_ json: JSONValue, of key: String) -> Value {
        if key == "role", case .string(let role) = json, let known = Mapping.roles.first(where: { $0.name == role }) {
            return known.value
        }
        return Value(json, depth: depth - 1)
    }

    /// A dictionary under construction; a repeated key keeps its place and takes the new value.
    struct Builder {
        fileprivate private(set) var keys: [Value] = []
        fileprivate private(set) var values: [Value] = []
        fileprivate private(set) var positions: [HashKey: Int] = [:]

        init(reserving capacity: Int = 0) {
            keys.reserveCapacity(capacity)
            values.reserveCapacity(capacity)
        }

        init(_ dictionary: Mapping) {
            for (key, value) in zip(dictionary.keys, dictionary.values) { self[HashKey(unchecked: key)] = value }
        }

        var count: Int { keys.count }

        subscript(key: HashKey) -> Value? {
            get { position(of: key).map { values[$0] } }
            set {
                guard let newValue else { return }
                if let at = position(of: key) {
                    values[at] = newValue
                    return
                }
                appendNew(key.value, newValue)
            }
        }

        private mutating func appendNew(_ key: Value, _ value: Value) {
            keys.append(key)
            values.append(value)
            if keys.count == Mapping.hashedFrom {
                for (at, key) in keys.enumerated() { positions[HashKey(unchecked: key)] = at }
            } else if keys.count > Mapping.hashedFrom {
                positions[HashKey(unchecked: key)] = keys.count - 1
            }
        }

        private func position(of key: HashKey) -> Int? {
            if keys.count >= Mapping.hashedFrom { return positions[key] }
            return keys.firstIndex { HashKey(unchecked: $0) == key }
        }

        func finish() -> Mapping { Mapping(keys: keys, values: values, positions: positions) }
    }
}
