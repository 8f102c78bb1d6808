extension Renderer {
    mutating func check(_ test: Test, _ value: Value, _ arguments: CallArguments) throws(TemplateError) -> Bool {
        try charge(1)
        guard arguments.named.isEmpty else { throw fail("the test '\(test.rawValue)' takes no keyword arguments") }
        guard test.takesArgument else {
            guard arguments.isEmpty else { throw fail("the test '\(test.rawValue)' takes no argument") }
            return try check(test, value)
        }
        guard arguments.positional.count == 1 else { throw fail("the test '\(test.rawValue)' takes one argument") }
        return try check(test, value, arguments.positional[0])
    }

    private mutating func check(_ test: Test, _ value: Value, _ other: Value) throws(TemplateError) -> Bool {
        switch test {
        case .sameas: return value.isSame(as: other)
        case .in: return try contains(other, value)
        case .eq: return try compare(.equal, value, other)
        case .ne: return try compare(.notEqual, value, other)
        case .gt: return try compare(.greater, value, other)
        case .ge: return try compare(.atLeast, value, other)
        case .lt: return try compare(.less, value, other)
        case .le: return try compare(.atMost, value, other)
        default: return try calculate(.modulo, value, other).equals(.integer(0))
        }
    }

    /// The result of a test that takes no argument.
    mutating func check(_ test: Test, _ value: Value) throws(TemplateError) -> Bool {
        switch test {
        case .defined: return !value.isUndefined
        case .undefined: return value.isUndefined
        case .none: if case .none = value { return true }
        case .boolean: if case .bool = value { return true }
        case .true: if case .bool(true) = value { return true }
        case .false: if case .bool(false) = value { return true }
        case .string: if case .string = value { return true }
        case .number:
            if case .largeInteger = value { return true }
            return value.number != nil
        case .integer:
            switch value {
            case .integer, .largeInteger: return true
            default: return false
            }
        case .float: if case .double = value { return true }
        case .mapping: if case .dictionary = value { return true }
        case .iterable: return isIterable(value)
        case .sequence: return isSequence(value)
        case .callable:
            switch value {
            case .macro, .function, .method, .loop, .joiner, .undefined: return true
            default: return false
            }
        case .odd: return try calculate(.modulo, value, .integer(2)).equals(.integer(1))
        case .even: return try calculate(.modulo, value, .integer(2)).equals(.integer(0))
        case .lower: return PythonClass.holds(.islower, try text(of: value).bytes)
        case .upper: return PythonClass.holds(.isupper, try text(of: value).bytes)
        case .filter:
            if case .string(let name) = value { return Filter(rawValue: name.string) != nil }
            _ = try hashKey(value)
        case .test:
            if case .string(let name) = value { return Test(name: name.string) != nil }
            _ = try hashKey(value)
        case .escaped: if case .string(let text) = value { return text.isMarkup }
        default: break
        }
        return false
    }

    private func isIterable(_ value: Value) -> Bool {
        switch value {
        case .string, .list, .tuple, .dictionary, .view, .range, .iterator, .undefined, .loop: true
        default: false
        }
    }

    private func isSequence(_ value: Value) -> Bool {
        switch value {
        case .string, .list, .tuple, .dictionary, .range, .undefined: true
        default: false
        }
    }
}
