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

    /// What it costs to look at the whole of a value that may be a key, in steps.
    var weight: Int {
        switch self {
        case .string(let text), .largeInteger(let text): 1 + text.bytes.count >> 5
        case .list(let elements), .tuple(let elements): elements.weight
        default: 1
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }
}
