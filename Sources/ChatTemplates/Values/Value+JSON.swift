import JSONBytes

extension Value {
    /// A value of the context, with at most `depth` levels of containers, as the language sees it.
    ///
    /// Its strings are input, and objects are converted when they are looked at.
    init(_ json: JSONValue, depth: Int) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .largeInteger(let digits): self = .largeInteger(Text(digits, .input))
        case .double(let value): self = .double(value)
        case .string(let string): self = .input(string)
        case .array(let array): self = .list(Elements(array.map { Value($0, depth: depth - 1) }, depth: depth))
        case .object(let object): self = .dictionary(Mapping(object, depth: depth))
        }
    }
}

extension JSONValue {
    /// Levels of containers, not counted further than one more than `limit`, and how many values there are.
    func measure(limit: Int) -> (depth: Int, count: Int) {
        let children: [JSONValue]
        switch self {
        case .array(let array): children = array
        case .object(let object): children = object.values
        default: return (0, 1)
        }
        guard limit > 0 else { return (1, 1) }
        var (depth, count) = (0, 1)
        for at in children.indices {
            switch children[at] {
            case .array, .object:
                let inner = children[at].measure(limit: limit - 1)
                depth = max(depth, inner.depth)
                count += inner.count
            default: count += 1
            }
        }
        return (depth + 1, count)
    }
}
