extension Renderer {
    /// The value of a call; methods of a receiver are called without making a bound method.
    mutating func evaluateCall(of callee: ExpressionID, _ list: Int32, caller: Value? = nil) throws(TemplateError)
        -> Value
    {
        if case .attribute(let receiver, let name) = program.expressions[Int(callee)],
            let method = program.names[Int(name)].method
        {
            let value = try evaluate(receiver)
            if method.exists(on: value), !method.isUnsafe {
                return try call(method, on: value, evaluateArguments(list, caller: caller))
            }
            return try call(attribute(value, name), evaluateArguments(list, caller: caller))
        }
        let function = try evaluate(callee)
        return try call(function, evaluateArguments(list, caller: caller))
    }

    mutating func evaluateArguments(_ place: Int32, caller: Value? = nil) throws(TemplateError) -> CallArguments {
        var arguments = CallArguments()
        if place == ArgumentList.none, caller == nil { return arguments }
        let list = program.arguments[Int(place)]
        arguments.positional.reserveCapacity(list.positional.count)
        for expression in list.positional { arguments.positional.append(try evaluate(expression)) }
        if let unpacked = list.unpackedPositional { arguments.positional += try items(of: evaluate(unpacked)) }
        for argument in list.named {
            arguments.named.append((program.names[Int(argument.name)].text, try evaluate(argument.value)))
        }
        if let caller { try append(caller, named: Renderer.callerName, to: &arguments) }
        if let unpacked = list.unpackedNamed {
            guard case .dictionary(let mapping) = try evaluate(unpacked) else {
                throw fail("argument after ** must be a mapping")
            }
            for (key, value) in zip(mapping.keys, mapping.values) {
                guard case .string(let name) = key else { throw fail("keywords must be strings") }
                try append(value, named: name, to: &arguments)
            }
        }
        return arguments
    }

    private mutating func append(
        _ value: Value, named name: Text, to arguments: inout CallArguments
    ) throws(TemplateError) {
        try charge(arguments.named.count >> 4)
        guard !arguments.named.contains(where: { $0.name == name }) else {
            throw fail("got multiple values for keyword argument '\(name.string)'")
        }
        arguments.named.append((name, value))
    }

    /// Calls any value.
    mutating func call(_ function: Value, _ arguments: CallArguments) throws(TemplateError) -> Value {
        switch function {
        case .macro(let place):
            return .string(
                try capture { (renderer) throws(TemplateError) in try renderer.runMacro(place, arguments) })
        case .function(let function): return try call(function, arguments)
        case .method(let method): return try call(method.method, on: method.receiver, arguments)
        case .loop(let place):
            return .string(
                try capture { (renderer) throws(TemplateError) in try renderer.runLoop(again: place, arguments) })
        case .joiner(let place):
            defer { joiners[place].isUsed = true }
            return joiners[place].isUsed ? joiners[place].separator : .string(.empty)
        default:
            try requireDefined(function)
            throw fail("'\(function.typeName)' object is not callable")
        }
    }

    // MARK: Filters and tests

    mutating func evaluateFilter(
        _ expression: ExpressionID, _ filter: Filter, _ list: Int32
    ) throws(TemplateError) -> Value {
        let value = try evaluate(expression)
        return try apply(filter, to: value, evaluateArguments(list))
    }

    mutating func evaluateTest(
        _ expression: ExpressionID, _ test: Test, _ list: Int32
    ) throws(TemplateError) -> Bool {
        if list == ArgumentList.none, !test.takesArgument, let place = try locate(expression, .left) {
            try charge(1)
            return try check(test, place.pointee)
        }
        let value = try evaluate(expression)
        return try check(test, value, evaluateArguments(list))
    }
}
