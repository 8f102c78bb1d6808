extension Renderer {
    private static let message = Signature("message", required: 1)
    private static let format = Signature("format", required: 1)
    private static let separator = Signature("sep")
    /// The sandbox refuses longer ranges.
    private static let longestRange = 100_000

    mutating func call(_ function: GlobalFunction, _ arguments: CallArguments) throws(TemplateError) -> Value {
        switch function {
        case .range: return try makeRange(arguments)
        case .dict: return try dictionary(mappingBuilder(arguments, of: "dict"))
        case .namespace:
            let mapping = try mappingBuilder(arguments, of: "namespace").finish()
            var attributes = Attributes()
            for (key, value) in zip(mapping.keys, mapping.values) {
                if case .string(let name) = key { attributes[name] = value }
            }
            try charge(mapping.count)
            namespaces.append(attributes)
            return .namespace(namespaces.count - 1)
        case .cycler:
            guard arguments.named.isEmpty, !arguments.positional.isEmpty else {
                throw fail("at least one item has to be provided")
            }
            cyclers.append(CyclerState(items: arguments.positional))
            return .cycler(cyclers.count - 1)
        case .joiner:
            let separator = try bind(arguments, Renderer.separator, of: "joiner")[0]
            joiners.append(JoinerState(separator: separator ?? .string(Text(", ", .template))))
            return .joiner(joiners.count - 1)
        case .raiseException:
            let message = try bind(arguments, Renderer.message, of: "raise_exception")[0] ?? .none
            throw TemplateError(.raised, try text(of: message).string, line: line)
        case .strftimeNow:
            let format = try string(bind(arguments, Renderer.format, of: "strftime_now")[0], default: .empty)
            return .string(Text(now.formatted(format.bytes), .input))
        }
    }

    private func makeRange(_ arguments: CallArguments) throws(TemplateError) -> Value {
        guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
            throw fail("range expected 1 to 3 arguments")
        }
        var bounds: [Int] = []
        for argument in arguments.positional { bounds.append(try integer(argument, default: 0)) }
        let range = NumberRange(
            start: bounds.count > 1 ? bounds[0] : 0, stop: bounds.count > 1 ? bounds[1] : bounds[0],
            step: bounds.count > 2 ? bounds[2] : 1)
        guard let range else { throw fail("range() arg 3 must not be zero, and its bounds must be countable") }
        guard range.count <= Renderer.longestRange else {
            throw fail("Range too big. The sandbox blocks ranges larger than \(Renderer.longestRange).")
        }
        return .range(range)
    }

    /// What `dict(…)` is made of: a mapping or pairs, then keywords.
    private mutating func mappingBuilder(
        _ arguments: CallArguments, of function: String
    ) throws(TemplateError) -> Mapping.Builder {
        guard arguments.positional.count <= 1 else { throw fail("\(function) expected at most 1 argument") }
        var builder = Mapping.Builder()
        if let first = arguments.positional.first {
            try requireDefined(first)
            if case .dictionary(let mapping) = first {
                builder = Mapping.Builder(mapping)
            } else {
                for pair in try items(of: first) {
                    let parts = try items(of: pair)
                    guard parts.count == 2 else { throw fail("dictionary update sequence needs pairs") }
                    builder[try hashKey(parts[0])] = parts[1]
                }
            }
        }
        for argument in arguments.named { builder[HashKey(unchecked: .string(argument.name))] = argument.value }
        return builder
    }
}
