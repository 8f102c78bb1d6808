/// The tests behind `is`.
enum Test: String {
    case defined, undefined, none, boolean, `true`, `false`, string, number, integer, float, mapping, iterable, sequence
    case callable, sameas, escaped, `in`, odd, even, divisibleby, lower, upper, filter, test
    case eq, ne, gt, ge, lt, le

    var takesArgument: Bool {
        switch self {
        case .sameas, .in, .divisibleby, .eq, .ne, .gt, .ge, .lt, .le: true
        default: false
        }
    }

    /// Jinja2's name of a test, synonyms included; nil if there is no such test.
    init?(name: String) {
        switch name {
        case "==", "equalto": self = .eq
        case "!=": self = .ne
        case ">", "greaterthan": self = .gt
        case ">=": self = .ge
        case "<", "lessthan": self = .lt
        case "<=": self = .le
        default: self.init(rawValue: name)
        }
    }
}
