extension Value {
    /// Python's truth of the value.
    var isTrue: Bool {
        switch self {
        case .missing, .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .double(let value): value != 0
        case .string(let text): !text.isEmpty
        case .list(let elements), .tuple(let elements): !elements.values.isEmpty
        case .dictionary(let dictionary): dictionary.count > 0
        case .view(let view): view.dictionary.count > 0
        case .range(let range): range.count > 0
        case .largeInteger, .iterator, .namespace, .loop, .macro, .cycler, .joiner, .method, .function: true
        }
    }

    /// The number that the value is, if it is one; Python's booleans are numbers.
    var number: Number? {
        switch self {
        case .bool(let value): .integer(value ? 1 : 0)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        default: nil
        }
    }

    /// Python's `==`.
    func equals(_ other: Value) -> Bool {
        if let left = number, let right = other.number { return left.equals(right) }
        switch (self, other) {
        case (.string(let left), .string(let right)), (.largeInteger(let left), .largeInteger(let right)):
            return left == right
        case (.none, .none), (.undefined, .undefined): return true
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return left.values.count == right.values.count
                && zip(left.values, right.values).allSatisfy { $0.equals($1) }
        case (.dictionary(let left), .dictionary(let right)): return Value.equal(left, right)
        case (.range(let left), .range(let right)):
            return left.count == right.count
                && (left.count == 0 || left.start == right.start && (left.count == 1 || left.step == right.step))
        case (.view(let left), .view(let right)):
            switch (left.kind, right.kind) {
            case (.keys, .keys):
                return left.dictionary.count == right.dictionary.count
                    && left.dictionary.keys.allSatisfy { right.dictionary[HashKey(unchecked: $0)] != nil }
            case (.items, .items): return Value.equal(left.dictionary, right.dictionary)
            default: return false
            }
        default: return isSame(as: other)
        }
    }

    private static func equal(_ left: Mapping, _ right: Mapping) -> Bool {
        left.count == right.count
            && zip(left.keys, left.values).allSatisfy { key, value in
                right[HashKey(unchecked: key)].map { value.equals($0) } ?? false
            }
    }

    /// Python's `is`, as far as it can be told here: objects without a mutable identity are the same when equal.
    func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.none, .none): true
        case (.dictionary(let left), .dictionary(let right)): left === right
        case (.iterator(let left), .iterator(let right)), (.namespace(let left), .namespace(let right)),
            (.loop(let left), .loop(let right)), (.macro(let left), .macro(let right)),
            (.cycler(let left), .cycler(let right)), (.joiner(let left), .joiner(let right)):
            left == right
        case (.method(let left), .method(let right)): left === right
        case (.function(let left), .function(let right)): left == right
        default: false
        }
    }

    /// Python's `<`, or with `orEqual` its `<=`; nil where Python would raise a type error.
    func precedes(_ other: Value, orEqual: Bool = false) -> Bool? {
        if let left = number, let right = other.number { return left.precedes(right, orEqual: orEqual) }
        switch (self, other) {
        case (.string(let left), .string(let right)):
            return orEqual ? !(right < left) : left < right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (left, right) in zip(left.values, right.values) where !left.equals(right) {
                return left.precedes(right, orEqual: orEqual)
            }
            return orEqual ? left.values.count <= right.values.count : left.values.count < right.values.count
        default: return nil
        }
    }
}
