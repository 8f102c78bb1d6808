extension Parser {
    /// Parses one statement, from its name to before the end of its (last) tag.
    mutating func parseStatement() throws(TemplateError) -> [StatementID] {
        let line = line
        guard case .name(let tag) = current.kind else { throw fail("tag name expected") }
        switch tag {
        case "for", "if", "set", "with", "macro", "call", "filter", "print", "generation", "break", "continue":
            advance()
        case "extends", "include", "import", "from":
            advance()
            try parseLoad(tag)
            return [program.add(.load(program.name(tag)), line: line)]
        case "block", "autoescape":
            throw fail("the tag '\(tag)' is not supported: a chat template is one file without autoescaping")
        default: throw unknownTag(tag)
        }
        if tag == "print" { return try parsePrint(line: line) }
        let statement: Statement =
            switch tag {
            case "for": try parseFor(line: line)
            case "if": try parseIf()
            case "set": try parseSet()
            case "with": try parseWith()
            case "macro": try parseMacro()
            case "call": try parseCallBlock()
            case "filter": try parseFilterBlock()
            case "generation": .scope(Scope(body: try parseOutsideLoops(until: "endgeneration")))
            case "break": try parseLoopExit(.breakLoop, tag)
            default: try parseLoopExit(.continueLoop, tag)
            }
        return [program.add(statement, line: line)]
    }

    /// Parses the rest of a tag that loads another file.
    private mutating func parseLoad(_ tag: String) throws(TemplateError) {
        _ = try parseExpression()
        if tag == "include", skip("ignore") { try expectWord("missing") }
        if tag == "import" {
            try expectWord("as")
            _ = try expectAssignableName()
        }
        if tag == "from" {
            try expectWord("import")
            repeat {
                if isAtContext() { break }
                _ = try expectAssignableName()
                if skip("as") { _ = try expectAssignableName() }
            } while skip(.comma)
        }
        if tag != "extends", isAtContext() {
            advance()
            advance()
        }
    }

    private func isAtContext() -> Bool { (isAt("with") || isAt("without")) && next.kind == .name("context") }

    private mutating func expectWord(_ word: String) throws(TemplateError) {
        guard try expectName() == word else { throw fail("expected '\(word)'") }
    }

    private func parseLoopExit(_ statement: Statement, _ tag: String) throws(TemplateError) -> Statement {
        guard openLoops > 0 else { throw fail("'\(tag)' outside loop") }
        return statement
    }

    /// Parses a body from which no `break` can reach a loop around it.
    private mutating func parseOutsideLoops(until endTag: String) throws(TemplateError) -> [StatementID] {
        let outer = openLoops
        openLoops = 0
        defer { openLoops = outer }
        return try parseBlockBody(until: [endTag]).body
    }

    private mutating func parsePrint(line: Int) throws(TemplateError) -> [StatementID] {
        var outputs: [StatementID] = []
        while current.kind != .blockEnd {
            if !outputs.isEmpty { try expect(.comma) }
            let value = try parseExpression()
            program.relaxSlices(inOutput: value)
            outputs.append(program.add(.output(value), line: line))
        }
        return outputs
    }

    // MARK: Control flow

    private mutating func parseIf() throws(TemplateError) -> Statement {
        var branches: [Condition] = []
        while true {
            let test = try parseTuple(allowsConditional: false)
            let (body, end) = try parseBlockBody(until: ["elif", "else", "endif"])
            branches.append(Condition(test: test, body: body))
            if end == "endif" { return .conditional(branches, otherwise: []) }
            if end == "else" { return .conditional(branches, otherwise: try parseBlockBody(until: ["endif"]).body) }
        }
    }

    private mutating func parseFor(line: Int) throws(TemplateError) -> Statement {
        let assignmentsBefore = assignmentsToLoop
        let target = try parseTarget()
        guard skip("in") else { throw fail("expected token 'in', got '\(current.description)'") }
        let over = try parseTuple(allowsConditional: false)
        let test = skip("if") ? try parseExpression() : nil
        let isRecursive = skip("recursive")
        let outerLoops = openLoops
        let mentionsBefore = mentions.loop
        openLoops = isRecursive ? 1 : outerLoops + 1
        let (body, end) = try parseBlockBody(until: ["endfor", "else"])
        let mentionsLoop = mentions.loop > mentionsBefore
        openLoops = isRecursive ? 0 : outerLoops
        let otherwise = end == "else" ? Scope(body: try parseBlockBody(until: ["endfor"]).body) : nil
        openLoops = outerLoops
        guard assignmentsToLoop == assignmentsBefore else {
            throw fail("Can't assign to special loop variable in for-loop target", line: line)
        }
        let loop = Loop(
            target: target, over: over, test: test, testTarget: test == nil ? nil : target,
            loopSlot: isRecursive || mentionsLoop ? 0 : nil, body: Scope(body: body), otherwise: otherwise)
        guard isRecursive else { return .loop(loop) }
        let statement = program.add(.loop(loop), line: line)
        program.functions.append(Function(kind: .recursiveLoop, name: 0, body: Scope(body: [statement])))
        return .recursiveLoop(function: program.functions.count - 1, over: over)
    }

    // MARK: Assignments

    private mutating func parseSet() throws(TemplateError) -> Statement {
        let target = try parseTarget(allowsNamespace: true)
        if skip(.assign) { return .assign(target, try parseTuple()) }
        let value = try parseFilters(over: add(.captured, over: []))
        let body = try parseBlockBody(until: ["endset"]).body
        return .assignBlock(target, value: value, Scope(body: body))
    }

    private mutating func parseWith() throws(TemplateError) -> Statement {
        var assignments: [(target: Target, value: ExpressionID)] = []
        while current.kind != .blockEnd {
            if !assignments.isEmpty { try expect(.comma) }
            let target = try parseTarget()
            try expect(.assign)
            assignments.append((target, try parseExpression()))
        }
        return .with(assignments, Scope(body: try parseBlockBody(until: ["endwith"]).body))
    }

    private mutating func parseFilterBlock() throws(TemplateError) -> Statement {
        let filter = try parseFilters(over: add(.captured, over: []), startsInline: true)
        return .filterBlock(filter: filter, Scope(body: try parseBlockBody(until: ["endfilter"]).body))
    }

    // MARK: Functions

    private mutating func parseMacro() throws(TemplateError) -> Statement {
        let name = program.name(try expectAssignableName())
        let function = try parseFunction(.macro, name: name, endTag: "endmacro") { (parser) throws(TemplateError) in
            try parser.parseSignature()
        }
        return .macro(.name(name), function: function)
    }

    private mutating func parseCallBlock() throws(TemplateError) -> Statement {
        let line = line
        var call: ExpressionID = 0
        let function = try parseFunction(.callBody, name: 0, endTag: "endcall") { (parser) throws(TemplateError) in
            let parameters = parser.isAt(.openParenthesis) ? try parser.parseSignature() : []
            call = try parser.parseExpression()
            guard case .call = parser.program.expressions[Int(call)] else {
                throw parser.fail("expected call", line: line)
            }
            return parameters
        }
        return .callBlock(call: call, function: function)
    }

    private mutating func parseFunction(
        _ kind: Function.Kind, name: Int32, endTag: String,
        parameters: (inout Parser) throws(TemplateError) -> [Parameter]
    ) throws(TemplateError) -> Int {
        let line = line
        var function = Function(kind: kind, name: name, body: Scope(body: []))
        function.parameters = try parameters(&self)
        let before = mentions
        function.body.body = try parseOutsideLoops(until: endTag)
        function.mentionsCaller = mentions.caller > before.caller
        function.mentionsNamed = mentions.named > before.named
        function.mentionsPositional = mentions.positional > before.positional
        let caller = program.name("caller")
        if function.mentionsCaller,
            function.parameters.contains(where: { $0.name == caller && $0.defaultValue == nil })
        {
            throw fail("the special \"caller\" argument must be omitted or be given a default", line: line)
        }
        guard Set(function.parameters.map(\.name)).count == function.parameters.count else {
            throw fail("duplicate argument in a macro's definition", line: line)
        }
        program.functions.append(function)
        return program.functions.count - 1
    }

    private mutating func parseSignature() throws(TemplateError) -> [Parameter] {
        var parameters: [Parameter] = []
        try expect(.openParenthesis)
        while !isAt(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            let name = program.name(try expectAssignableName())
            if skip(.assign) {
                parameters.append(Parameter(name: name, defaultValue: try parseExpression()))
            } else {
                if parameters.last?.defaultValue != nil {
                    throw fail("non-default argument follows default argument")
                }
                parameters.append(Parameter(name: name, defaultValue: nil))
            }
        }
        advance()
        return parameters
    }
}
