/// An integer or a float.
enum Number {
    case integer(Int)
    case double(Double)

    var asDouble: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }

    var asValue: Value {
        switch self {
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        }
    }

    func equals(_ other: Number) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.integer(let integer), .double(let double)), (.double(let double), .integer(let integer)):
            Int(exactly: double) == integer
        }
    }

    func precedes(_ other: Number, orEqual: Bool) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): orEqual ? left <= right : left < right
        default: orEqual ? asDouble <= other.asDouble : asDouble < other.asDouble
        }
    }
}
