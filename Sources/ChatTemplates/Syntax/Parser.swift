/// Turns tokens into statements and expressions, by the grammar of Jinja2's `parser.py`.
///
/// Names are left as names; `ScopeResolver` finds out what they mean.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    var program = ProgramBuilder()
    /// Brackets, unary operators and blocks that are open.
    private var nesting = 0
    /// Loops that a `break` here could leave.
    var openLoops = 0
    /// How often the names that are special in loops and macros were read so far.
    private(set) var mentions = Mentions()
    /// How often something was assigned to `loop`.
    var assignmentsToLoop = 0
    /// The end tags that the open blocks wait for, innermost last.
    private var awaitedTags: [[String]] = []

    struct Mentions {
        var loop = 0
        var caller = 0
        var named = 0
        var positional = 0
    }

    private init(_ tokens: [Token]) { self.tokens = tokens }

    /// Parses a whole template; its statements are the body of the first function.
    static func parse(_ source: String) throws(TemplateError) -> ProgramBuilder {
        var parser = Parser(try Lexer.tokens(of: source))
        parser.program.functions.append(Function(kind: .template, name: 0, body: Scope(body: [])))
        parser.program.functions[0].body.body = try parser.parseBody(until: nil)
        return parser.program
    }

    // MARK: Tokens

    var current: Token { tokens[position] }
    var next: Token { tokens[min(position + 1, tokens.count - 1)] }
    var line: Int { current.line }

    mutating func advance() { position = min(position + 1, tokens.count - 1) }

    func fail(_ message: String, line: Int? = nil) -> TemplateError {
        TemplateError(.syntax, message, line: line ?? self.line)
    }

    func isAt(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }
    func isAt(_ name: StaticString) -> Bool {
        if case .name(let text) = current.kind { return text == "\(name)" }
        return false
    }

    mutating func skip(_ symbol: Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(_ name: StaticString) -> Bool {
        guard isAt(name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind, _ description: String) throws(TemplateError) {
        guard current.kind == kind else {
            if current.kind == .end { throw unexpectedEnd(expected: "'\(description)'") }
            throw fail("expected token '\(description)', got '\(current.description)'")
        }
        advance()
    }

    mutating func expect(_ symbol: Symbol) throws(TemplateError) {
        try expect(.symbol(symbol), symbol.rawValue)
    }

    mutating func expectBlockEnd() throws(TemplateError) { try expect(.blockEnd, "end of statement block") }

    mutating func expectName() throws(TemplateError) -> String {
        guard case .name(let name) = current.kind else {
            throw fail("expected token 'name', got '\(current.description)'")
        }
        advance()
        return name
    }

    /// A name that something can be assigned to.
    mutating func expectAssignableName() throws(TemplateError) -> String {
        let name = try expectName()
        guard Parser.literals[name] == nil else { throw fail("can't assign to '\(name)'") }
        return name
    }

    private func unexpectedEnd(expected: String) -> TemplateError {
        fail("unexpected end of template, expected \(expected).")
    }

    // MARK: Nesting and mentions

    mutating func open() throws(TemplateError) {
        nesting += 1
        if nesting > SyntaxLimits.nesting { throw fail("nested deeper than \(SyntaxLimits.nesting) levels") }
    }

    mutating func close() { nesting -= 1 }

    /// Adds an expression; `parts` are the expressions right below it.
    mutating func add(_ expression: Expression, over parts: [ExpressionID]) throws(TemplateError) -> ExpressionID {
        let place = program.add(expression, over: parts)
        guard program.depth(of: place) <= SyntaxLimits.expressionDepth else {
            throw fail("an expression has more than \(SyntaxLimits.expressionDepth) levels")
        }
        return place
    }

    mutating func addName(_ name: String) throws(TemplateError) -> ExpressionID {
        switch name {
        case "loop": mentions.loop += 1
        case "caller": mentions.caller += 1
        case "kwargs": mentions.named += 1
        case "varargs": mentions.positional += 1
        default: break
        }
        return try add(.name(program.name(name)), over: [])
    }

    // MARK: Bodies

    /// Parses the body of a block, from the end of its opening tag to one of `endTags`, whose name is returned.
    mutating func parseBlockBody(until endTags: [String]) throws(TemplateError) -> (body: [StatementID], end: String) {
        _ = skip(.colon)
        try expectBlockEnd()
        try open()
        awaitedTags.append(endTags)
        let body = try parseBody(until: endTags)
        guard case .name(let end) = current.kind else {
            throw unexpectedEnd(expected: awaitedTags.last?.joined(separator: " or ") ?? "")
        }
        awaitedTags.removeLast()
        close()
        advance()
        return (body, end)
    }

    /// Parses statements up to one of `endTags`, which becomes the current token, or the end of the template.
    private mutating func parseBody(until endTags: [String]?) throws(TemplateError) -> [StatementID] {
        var body: [StatementID] = []
        while true {
            let line = line
            switch current.kind {
            case .end: return body
            case .data(let bytes):
                advance()
                body.append(program.add(.text(program.constant(.string(Text(bytes, .template)))), line: line))
            case .variableBegin:
                advance()
                let value = try parseTuple()
                program.relaxSlices(inOutput: value)
                body.append(program.add(.output(value), line: line))
                try expect(.variableEnd, "end of print statement")
            case .blockBegin:
                advance()
                if let endTags, case .name(let name) = current.kind, endTags.contains(name) { return body }
                body += try parseStatement()
                try expectBlockEnd()
            default: throw fail("unexpected '\(current.description)'")
            }
        }
    }

    func unknownTag(_ name: String) -> TemplateError {
        let awaited = awaitedTags.last.map { " Jinja was looking for: \($0.joined(separator: " or "))." } ?? ""
        return fail("Encountered unknown tag '\(name)'.\(awaited)")
    }
}
