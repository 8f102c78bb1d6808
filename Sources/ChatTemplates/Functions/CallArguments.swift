/// The evaluated arguments of a call.
struct CallArguments {
    var positional: [Value] = []
    var named: [(name: Text, value: Value)] = []

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    /// The arguments without the first positional one.
    var dropFirst: CallArguments { CallArguments(positional: Array(positional.dropFirst()), named: named) }
}

/// The parameters of a built-in function.
struct Signature {
    let names: [StaticString]
    /// How many must be given.
    let required: Int

    init(_ names: StaticString..., required: Int = 0) {
        self.names = names
        self.required = required
    }

    static let none = Signature()
}

/// Arguments by parameter; a parameter that was not given has none.
struct BoundArguments {
    private let values: [Value?]

    init(_ values: [Value?]) { self.values = values }

    /// The argument, or nil if it was not given.
    subscript(position: Int) -> Value? { position < values.count ? values[position] : nil }
}

extension Renderer {
    /// Distributes arguments over parameters, as Python would.
    func bind(
        _ arguments: CallArguments, _ signature: Signature, of function: String
    ) throws(TemplateError) -> BoundArguments {
        if arguments.isEmpty, signature.required == 0 { return BoundArguments([]) }
        guard arguments.positional.count <= signature.names.count else {
            throw fail("\(function) takes at most \(signature.names.count) arguments")
        }
        var values: [Value?] = Array(repeating: nil, count: signature.names.count)
        for (at, value) in arguments.positional.enumerated() { values[at] = value }
        for argument in arguments.named {
            let found = signature.names.firstIndex { name in
                name.withUTF8Buffer { $0.elementsEqual(argument.name.bytes) }
            }
            guard let found else {
                throw fail("\(function) got an unexpected keyword argument '\(argument.name.string)'")
            }
            guard values[found] == nil else {
                throw fail("\(function) got multiple values for argument '\(argument.name.string)'")
            }
            values[found] = argument.value
        }
        for at in 0..<signature.required where values[at] == nil {
            throw fail("\(function) is missing the argument '\(signature.names[at])'")
        }
        return BoundArguments(values)
    }

    /// An argument that must be an integer.
    func integer(_ value: Value?, default fallback: Int) throws(TemplateError) -> Int {
        switch value {
        case nil: return fallback
        case .integer(let value): return value
        case .bool(let value): return value ? 1 : 0
        case .some(let value): throw fail("'\(value.typeName)' object cannot be interpreted as an integer")
        }
    }

    /// An argument that must be a string.
    func string(_ value: Value?, default fallback: Text) throws(TemplateError) -> Text {
        switch value {
        case nil: return fallback
        case .string(let text): return text
        case .some(let value): throw fail("expected a string, not '\(value.typeName)'")
        }
    }
}
