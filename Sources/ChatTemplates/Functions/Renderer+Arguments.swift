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
