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

    /// Python's `==`, for values that are known to be small.
    func equals(_ other: Value) -> Bool {
        var budget = Int.max
        return equals(other, &budget)
    }

    /// Python's `==`. Each pair of values and each 32 bytes of text take one off the budget; when it is used up the
    /// answer means nothing.
    func equals(_ other: Value, _ budget: inout Int) -> Bool {
        budget -= 1
        if budget < 0 { return false }
        if let left = number, let right = other.number { return left.equals(right) }
        switch (self, other) {
        case (.string(let left), .string(let right)), (.largeInteger(let left), .largeInteger(let right)):
            guard left.bytes.count == right.bytes.count else { return false }
            budget -= left.bytes.count >> 5
            return left == right
        case (.none, .none), (.undefined, .undefined): return true
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            guard left.values.count == right.values.count else { return false }
            for (left, right) in zip(left.values, right.values) where !left.equals(right, &budget) { return false }
            return true
        case (.dictionary(let left), .dictionary(let right)): return Value.equal(left, right, &budget)
        case (.range(let left), .range(let right)):
            return left.count == right.count
                && (left.count == 0 || left.start == right.start && (left.count == 1 || left.step == right.step))
        case (.view(let left), .view(let right)):
            switch (left.kind, right.kind) {
            case (.keys, .keys):
                budget -= left.dictionary.count
                return left.dictionary.count == right.dictionary.count
                    && left.dictionary.keys.allSatisfy { right.dictionary[HashKey(unchecked: $0)] != nil }
            case (.items, .items): return Value.equal(left.dictionary, right.dictionary, &budget)
            default: return false
            }
        default: return isSame(as: other)
        }
    }

    private static func equal(_ left: Mapping, _ right: Mapping, _ budget: inout Int) -> Bool {
        if left === right { return true }
        guard left.count == right.count else { return false }
        for (key, value) in zip(left.keys, left.values) {
            budget -= key.weight
            guard budget >= 0, let other = right[HashKey(unchecked: key)], value.equals(other, &budget) else {
                return false
            }
        }
        return true
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

    /// Python's `<`, or with `orEqual` its `<=`, with a budget as that of `equals`; nil where Python would raise a type
    /// error.
    func precedes(_ other: Value, orEqual: Bool = false, _ budget: inout Int) -> Bool? {
        budget -= 1
        if budget < 0 { return nil }
        if let left = number, let right = other.number { return left.precedes(right, orEqual: orEqual) }
        switch (self, other) {
        case (.string(let left), .string(let right)):
            budget -= min(left.bytes.count, right.bytes.count) >> 5
            return orEqual ? !(right < left) : left < right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (left, right) in zip(left.values, right.values) where !left.equals(right, &budget) {
                return left.precedes(right, orEqual: orEqual, &budget)
            }
            return orEqual ? left.values.count <= right.values.count : left.values.count < right.values.count
        default: return nil
        }
    }
}
