extension Renderer {
    /// The text of a value for a filter that leaves markup what it is.
    mutating func softText(of value: Value) throws(TemplateError) -> Text {
        if case .string(let text) = value { return text }
        return try text(of: value)
    }

    /// Python's `str(value)`; a string keeps its origin, all else is input.
    mutating func text(of value: Value) throws(TemplateError) -> Text {
        switch value {
        case .string(let text): return text.markup(false)
        case .undefined, .missing: return .empty
        case .integer(let value): return Text(String(value), .input)
        default: return try repr(of: value)
        }
    }

    /// Python's `repr(value)`.
    mutating func repr(of value: Value) throws(TemplateError) -> Text {
        if case .macro(let place) = value {
            let function = program.functions[closures[place].function]
            if function.name == 0 { return Text("<Macro anonymous>", .input) }
            return Text("<Macro '\(program.names[Int(function.name)].string)'>", .input)
        }
        if case .loop(let place) = value {
            let length = try attribute(.length, ofLoop: place)
            return Text("<LoopContext \(loops[place].index + 1)/\(PythonRepr.scalar(length))>", .input)
        }
        var bytes: [UInt8] = []
        PythonRepr.append(value, limit: limits.outputBytes, to: &bytes)
        try chargeText(bytes.count)
        return Text(bytes, .input)
    }
}
