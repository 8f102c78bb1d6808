/// An immutable dictionary that keeps the order of its keys' first appearance.
///
/// Look-up is linear in small dictionaries and hashed in large ones.
final class Mapping: Sendable {
    let keys: [Value]
    let values: [Value]
    let depth: Int
    private let positions: [HashKey: Int]

    private static let hashedFrom = 9

    /// Keys must be hashable and different from each other.
    private init(keys: [Value], values: [Value], positions: [HashKey: Int]) {
        self.keys = keys
        self.values = values
        self.positions = positions
        depth = max(values.reduce(0) { max($0, $1.depth) }, keys.reduce(0) { max($0, $1.depth) }) + 1
    }

    var count: Int { keys.count }

    subscript(name: Text) -> Value? {
        position(of: name).map { values[$0] }
    }

    /// The value of a key of any hashable kind.
    subscript(key: HashKey) -> Value? {
        if case .string(let text) = key.value { return self[text] }
        if !positions.isEmpty { return positions[key].map { values[$0] } }
        return keys.firstIndex { HashKey(unchecked: $0) == key }.map { values[$0] }
    }

    private func position(of name: Text) -> Int? {
        if !positions.isEmpty { return positions[HashKey(unchecked: .string(name))] }
        for at in keys.indices {
            if case .string(let key) = keys[at], key.bytes == name.bytes { return at }
        }
        return nil
    }

    /// A dictionary under construction; a repeated key keeps its place and takes the new value.
    struct Builder {
        private var keys: [Value] = []
        private var values: [Value] = []
        private var positions: [HashKey: Int] = [:]

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

        /// Appends a hashable key that is known to be new.
        mutating func appendNew(_ key: Value, _ value: Value) {
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
