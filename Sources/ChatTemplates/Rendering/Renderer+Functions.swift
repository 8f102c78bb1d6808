extension Renderer {
    static let callerName = Text("caller", .template)

    /// Runs a macro or the body of a `call` block, which writes its output.
    mutating func runMacro(_ place: Int, _ arguments: CallArguments) throws(TemplateError) {
        let closure = closures[place]
        let function = program.functions[closure.function]
        try descend()
        defer { ascend() }
        try charge(1 + Int(function.slotCount))
        let callLine = line
        let caller = enterActivation(of: function, definedIn: closure.activation)
        try bind(arguments, to: function)
        enter(function.body)
        try evaluateDefaults(of: function)
        _ = try run(function.body.body)
        leaveActivation(of: function, returningTo: caller)
        line = callLine
    }

    /// Puts the arguments of a call into the slots of the parameters.
    private mutating func bind(_ arguments: CallArguments, to function: Function) throws(TemplateError) {
        var named = arguments.named
        for (at, parameter) in function.parameters.enumerated() {
            if at < arguments.positional.count {
                store(arguments.positional[at], in: parameter.slot)
                continue
            }
            let parameterName = program.names[Int(parameter.name)].text
            if let found = named.firstIndex(where: { $0.name == parameterName }) {
                store(named.remove(at: found).value, in: parameter.slot)
            }
        }
        if let slot = function.callerSlot {
            let found = named.firstIndex { $0.name == Renderer.callerName }
            store(found.map { named.remove(at: $0).value } ?? .undefined(Undefined(.caller)), in: slot)
        }
        if let slot = function.namedSlot {
            var builder = Mapping.Builder()
            for argument in named { builder[HashKey(unchecked: .string(argument.name))] = argument.value }
            store(try dictionary(builder), in: slot)
        } else if let extra = named.first {
            throw fail("macro '\(name(of: function))' takes no keyword argument '\(extra.name.string)'")
        }
        if let slot = function.positionalSlot {
            store(try tuple(Array(arguments.positional.dropFirst(function.parameters.count))), in: slot)
        } else if arguments.positional.count > function.parameters.count {
            throw fail("macro '\(name(of: function))' takes not more than \(function.parameters.count) argument(s)")
        }
    }

    private func name(of function: Function) -> String { program.names[Int(function.name)].string }

    private mutating func evaluateDefaults(of function: Function) throws(TemplateError) {
        for parameter in function.parameters {
            guard case .missing = load(.slot(parameter.slot, levels: 0, name: parameter.name)) else { continue }
            if let value = parameter.defaultValue {
                store(try evaluate(value), in: parameter.slot)
            } else {
                store(.undefined(Undefined(.parameter, name: parameter.name)), in: parameter.slot)
            }
        }
    }

    /// Does something in another activation.
    mutating func inActivation<Result>(
        _ place: Int, _ body: (inout Renderer) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        let current = activation
        switchActivation(to: place)
        let result = try body(&self)
        switchActivation(to: current)
        return result
    }
}
