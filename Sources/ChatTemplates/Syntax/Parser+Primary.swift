extension Parser {
    static let literals: [String: Value] = [
        "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false),
        "none": .none, "None": .none,
    ]

    /// Parses a name, a literal or something in brackets.
    mutating func parsePrimary() throws(TemplateError) -> ExpressionID {
        let token = current
        advance()
        switch token.kind {
        case .name(let name):
            if let value = Parser.literals[name] { return try addConstant(value) }
            return try addName(name)
        case .string(var bytes):
            while case .string(let more) = current.kind {
                bytes += more
                advance()
            }
            return try addConstant(.string(Text(bytes, .template)))
        case .integer(let value): return try addConstant(.integer(value))
        case .double(let value): return try addConstant(.double(value))
        case .symbol(.openParenthesis):
            let value = try parseTuple(inParentheses: true)
            try expect(.closeParenthesis)
            return value
        case .symbol(.openBracket): return try parseList()
        case .symbol(.openBrace): return try parseDictionary()
        default: throw fail("unexpected '\(token.description)'", line: token.line)
        }
    }

    mutating func addConstant(_ value: Value) throws(TemplateError) -> ExpressionID {
        try add(.constant(program.constant(value)), over: [])
    }

    private mutating func parseList() throws(TemplateError) -> ExpressionID {
        var items: [ExpressionID] = []
        while !isAt(.closeBracket) {
            if !items.isEmpty { try expect(.comma) }
            if isAt(.closeBracket) { break }
            items.append(try parseExpression())
        }
        advance()
        // Lists and dictionaries of constants are made once: nothing can change them.
        if !items.isEmpty, let values = program.constants(items) {
            return try addConstant(.list(Elements(values)))
        }
        return try add(.list(program.add(items)), over: items)
    }

    private mutating func parseDictionary() throws(TemplateError) -> ExpressionID {
        var items: [ExpressionID] = []
        while !isAt(.closeBrace) {
            if !items.isEmpty { try expect(.comma) }
            if isAt(.closeBrace) { break }
            items.append(try parseExpression())
            try expect(.colon)
            items.append(try parseExpression())
        }
        advance()
        if let mapping = program.constants(items).flatMap(Mapping.init(alternating:)) {
            return try addConstant(.dictionary(mapping))
        }
        return try add(.dictionary(program.add(items)), over: items)
    }

    // MARK: What may follow

    /// Parses attributes, subscripts and calls behind a value.
    mutating func parsePostfix(_ value: ExpressionID) throws(TemplateError) -> ExpressionID {
        var value = value
        while true {
            switch current.kind {
            case .symbol(.dot): value = try parseAttribute(of: value)
            case .symbol(.openBracket): value = try parseSubscript(of: value)
            case .symbol(.openParenthesis): value = try parseCall(of: value)
            default: return value
            }
        }
    }

    /// Parses filters, tests and calls behind a value.
    mutating func parseFiltersAndTests(_ value: ExpressionID) throws(TemplateError) -> ExpressionID {
        var value = value
        while true {
            switch current.kind {
            case .symbol(.pipe): value = try parseFilters(over: value)
            case .name("is"): value = try parseTest(of: value)
            case .symbol(.openParenthesis): value = try parseCall(of: value)
            default: return value
            }
        }
    }

    private mutating func parseAttribute(of value: ExpressionID) throws(TemplateError) -> ExpressionID {
        advance()
        switch current.kind {
        case .name(let name):
            advance()
            return try add(.attribute(value, name: program.name(name)), over: [value])
        case .integer(let position):
            advance()
            let key = try addConstant(.integer(position))
            return try add(.item(value, key: key), over: [value, key])
        default: throw fail("expected name or number")
        }
    }

    private mutating func parseSubscript(of value: ExpressionID) throws(TemplateError) -> ExpressionID {
        advance()
        var keys: [ExpressionID] = []
        var slice: SliceBounds?
        while !isAt(.closeBracket) {
            if !keys.isEmpty || slice != nil { try expect(.comma) }
            let start = isAt(.colon) ? nil : try parseExpression()
            if isAt(.colon) {
                guard slice == nil, keys.isEmpty else { throw fail("a slice among several keys is not supported") }
                slice = try parseSlice(from: start)
            } else if let start {
                guard slice == nil else { throw fail("a slice among several keys is not supported") }
                keys.append(start)
            }
        }
        advance()
        if let slice {
            program.slices.append(slice)
            let place = Int32(program.slices.count - 1)
            let parts = [value] + [slice.start, slice.stop, slice.step].compactMap { $0 }
            return try add(.slice(value, place), over: parts)
        }
        if keys.count == 1, let name = program.text(keys[0]) {
            return try add(.member(value, name: program.name(name.string)), over: [value])
        }
        let key = keys.count == 1 ? keys[0] : try add(.tuple(program.add(keys)), over: keys)
        return try add(.item(value, key: key), over: [value, key])
    }

    private mutating func parseSlice(from start: ExpressionID?) throws(TemplateError) -> SliceBounds {
        advance()
        let isEnd = { (parser: borrowing Parser) in parser.isAt(.closeBracket) || parser.isAt(.comma) }
        let stop = isAt(.colon) || isEnd(self) ? nil : try parseExpression()
        guard skip(.colon) else { return SliceBounds(start: start, stop: stop, step: nil) }
        let step = isEnd(self) ? nil : try parseExpression()
        return SliceBounds(start: start, stop: stop, step: step)
    }

    private mutating func parseCall(of value: ExpressionID) throws(TemplateError) -> ExpressionID {
        let list = try parseArguments()
        return try add(.call(value, arguments: program.add(list)), over: [value] + program.parts(of: list))
    }

    private mutating func parseArguments() throws(TemplateError) -> ArgumentList {
        let line = line
        var list = ArgumentList()
        try expect(.openParenthesis)
        var isFirst = true
        while !isAt(.closeParenthesis) {
            if !isFirst { try expect(.comma) }
            if isAt(.closeParenthesis) { break }
            isFirst = false
            let isOrdered = try parseArgument(into: &list)
            if !isOrdered { throw fail("invalid syntax for function call expression", line: line) }
        }
        advance()
        return list
    }

    /// Parses one argument; false if it may not stand behind those before it.
    private mutating func parseArgument(into list: inout ArgumentList) throws(TemplateError) -> Bool {
        if skip(.multiply) {
            let isOrdered = list.unpackedPositional == nil && list.unpackedNamed == nil
            list.unpackedPositional = try parseExpression()
            return isOrdered
        }
        if skip(.power) {
            let isOrdered = list.unpackedNamed == nil
            list.unpackedNamed = try parseExpression()
            return isOrdered
        }
        if case .name(let name) = current.kind, next.kind == .symbol(.assign) {
            advance()
            advance()
            let place = program.name(name)
            guard !list.named.contains(where: { $0.name == place }) else {
                throw fail("keyword argument repeated: \(name)")
            }
            list.named.append((place, try parseExpression()))
            return list.unpackedNamed == nil
        }
        let isOrdered = list.unpackedPositional == nil && list.unpackedNamed == nil && list.named.isEmpty
        list.positional.append(try parseExpression())
        return isOrdered
    }

    // MARK: Filters and tests

    /// Parses a chain of filters; with `startsInline` the first has no `|` in front of it.
    mutating func parseFilters(
        over value: ExpressionID, startsInline: Bool = false
    ) throws(TemplateError) -> ExpressionID {
        var value = value
        var isInline = startsInline
        while isInline || isAt(.pipe) {
            if !isInline { advance() }
            isInline = false
            let name = try parseDottedName()
            let list = isAt(.openParenthesis) ? try parseArguments() : ArgumentList()
            let parts = [value] + program.parts(of: list)
            if let filter = Filter(rawValue: name) {
                value = try add(.filter(value, filter, arguments: program.add(list)), over: parts)
            } else {
                value = try add(.unknown(value, name: program.name(name), isFilter: true), over: parts)
            }
        }
        return value
    }

    private mutating func parseDottedName() throws(TemplateError) -> String {
        var name = try expectName()
        while skip(.dot) { name += "." + (try expectName()) }
        return name
    }

    private mutating func parseTest(of value: ExpressionID) throws(TemplateError) -> ExpressionID {
        advance()
        let isNegated = skip("not")
        let name = try parseDottedName()
        var list = ArgumentList()
        if isAt(.openParenthesis) {
            list = try parseArguments()
        } else if startsTestArgument() {
            if isAt("is") { throw fail("You cannot chain multiple tests with is") }
            list.positional = [try parsePostfix(try parsePrimary())]
        }
        let parts = [value] + program.parts(of: list)
        let result: ExpressionID
        if let test = Test(name: name) {
            result = try add(.test(value, test, arguments: program.add(list)), over: parts)
        } else {
            result = try add(.unknown(value, name: program.name(name), isFilter: false), over: parts)
        }
        return isNegated ? try add(.not(result), over: [result]) : result
    }

    /// Whether an argument without parentheses follows a test's name.
    private func startsTestArgument() -> Bool {
        switch current.kind {
        case .name("else"), .name("or"), .name("and"): false
        case .name, .string, .integer, .double, .symbol(.openBracket), .symbol(.openBrace): true
        default: false
        }
    }
}
