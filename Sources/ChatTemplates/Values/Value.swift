/// A value of the template language, with the meaning that Python gives it.
///
/// Mutable objects (namespaces, loops, …) are places in the renderer's arenas, so that a cycle among them is no leak.
enum Value: Sendable {
    /// A variable that nothing was assigned to; reading it gives `undefined`.
    case missing
    case undefined(Undefined)
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of the input that is outside `Int`: its digits, to be printed and compared only.
    case largeInteger(Text)
    case double(Double)
    case string(Text)
    case list(Elements)
    case tuple(Elements)
    case dictionary(Mapping)
    /// What `keys()`, `values()` and `items()` give.
    case view(MappingView)
    case range(NumberRange)
    /// A place in `Renderer.iterators`: something that can be walked once.
    case iterator(Int)
    /// A place in `Renderer.namespaces`.
    case namespace(Int)
    /// A place in `Renderer.loops`.
    case loop(Int)
    /// A place in `Renderer.closures`.
    case macro(Int)
    /// A place in `Renderer.cyclers`.
    case cycler(Int)
    /// A place in `Renderer.joiners`.
    case joiner(Int)
    case method(BoundMethod)
    case function(GlobalFunction)

    /// A string that counts as the caller's input.
    static func input(_ string: String) -> Value { .string(Text(string, .input)) }

    /// The name that Python gives the type.
    var typeName: String {
        switch self {
        case .missing, .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .integer, .largeInteger: "int"
        case .double: "float"
        case .string: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .view(let view): view.kind.rawValue
        case .range: "range"
        case .iterator: "generator"
        case .namespace: "Namespace"
        case .loop: "LoopContext"
        case .macro: "Macro"
        case .cycler: "Cycler"
        case .joiner: "Joiner"
        case .method: "builtin_function_or_method"
        case .function: "function"
        }
    }

    /// Levels of containers inside this value.
    var depth: Int {
        switch self {
        case .list(let elements), .tuple(let elements): elements.depth
        case .dictionary(let dictionary): dictionary.depth
        case .view(let view): view.dictionary.depth + 1
        case .method(let method): method.receiver.depth + 1
        default: 0
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }
}

/// The elements of a list or tuple.
struct Elements: Sendable {
    let values: [Value]
    let depth: Int
    /// Whether it is a pair of the filter `groupby`, whose elements have names.
    let isGroup: Bool

    init(_ values: [Value], isGroup: Bool = false) {
        self.values = values
        self.isGroup = isGroup
        depth = values.reduce(0) { max($0, $1.depth) } + 1
    }
}

/// A method with its receiver, to be called later.
final class BoundMethod: Sendable {
    let receiver: Value
    let method: Method

    init(_ receiver: Value, _ method: Method) {
        self.receiver = receiver
        self.method = method
    }
}

/// The view of a dictionary that a method of it gives.
struct MappingView: Sendable {
    enum Kind: String { case keys = "dict_keys", values = "dict_values", items = "dict_items" }

    let kind: Kind
    let dictionary: Mapping

    var values: [Value] {
        switch kind {
        case .keys: dictionary.keys
        case .values: dictionary.values
        case .items: zip(dictionary.keys, dictionary.values).map { .tuple(Elements([$0, $1])) }
        }
    }
}

/// The numbers of `range(start, stop, step)`.
final class NumberRange: Sendable {
    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    /// Nil when the step is zero or the bounds are so far apart that they cannot be counted.
    init?(start: Int, stop: Int, step: Int) {
        guard step != 0, step != .min else { return nil }
        let (distance, overflow) =
            step > 0
            ? stop.subtractingReportingOverflow(start)
            : start.subtractingReportingOverflow(stop)
        guard !overflow else { return nil }
        let stride = abs(step)
        count = distance <= 0 ? 0 : (distance - 1) / stride + 1
        self.start = start
        self.stop = stop
        self.step = step
    }

    subscript(position: Int) -> Value { .integer(start + position * step) }

    var values: [Value] { (0..<count).map { self[$0] } }
}
