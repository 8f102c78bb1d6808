/// The members of a JSON object, in the order of their first appearance; a repeated key takes its last value.
///
/// Keys are compared by their UTF-8 bytes, not by Unicode equivalence. Look-up is linear in small objects and hashed in
/// large ones.
package struct JSONObject: Sendable {
    private var storedKeys: [String] = []
    private var storedValues: [JSONValue] = []
    /// Key bytes to position; kept only from `hashedFrom` members on.
    private var positions: [[UInt8]: Int] = [:]

    private static let hashedFrom = 12

    package init() {}

    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    package var count: Int { storedKeys.count }
    package var isEmpty: Bool { storedKeys.isEmpty }
    package var keys: [String] { storedKeys }
    package var values: [JSONValue] { storedValues }

    package subscript(key: String) -> JSONValue? {
        get { position(of: key).map { storedValues[$0] } }
        set {
            switch (position(of: key), newValue) {
            case (let at?, let value?): storedValues[at] = value
            case (nil, let value?): append(key, value)
            case (let at?, nil): remove(at: at)
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if storedKeys.count < Self.hashedFrom {
            return storedKeys.firstIndex { $0.utf8.count == key.utf8.count && $0.utf8.elementsEqual(key.utf8) }
        }
        return positions[Array(key.utf8)]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        storedKeys.append(key)
        storedValues.append(value)
        if storedKeys.count == Self.hashedFrom {
            for (at, key) in storedKeys.enumerated() { positions[Array(key.utf8)] = at }
        } else if storedKeys.count > Self.hashedFrom {
            positions[Array(key.utf8)] = storedKeys.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        storedKeys.remove(at: position)
        storedValues.remove(at: position)
        positions = [:]
        if storedKeys.count >= Self.hashedFrom {
            for (at, key) in storedKeys.enumerated() { positions[Array(key.utf8)] = at }
        }
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
        zip(storedKeys, storedValues).lazy.map { (key: $0, value: $1) }.makeIterator()
    }
}

extension JSONObject: Equatable {
    /// Equal when both have the same members, whatever their order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}
