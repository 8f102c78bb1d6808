/// Finds out what the names of a parsed template mean, and gives variables their slots.
///
/// A scope is analysed whole before the scopes inside it are resolved, as in Jinja2.
struct ScopeResolver {
    private var program: ProgramBuilder

    /// Resolves the names of `program`; an unknown filter or test that is sure to run is an error.
    static func resolve(_ program: ProgramBuilder) throws(TemplateError) -> Program {
        var resolver = ScopeResolver(program: program)
        let state = FunctionState()
        let frame = ScopeFrame(parent: nil, function: state)
        resolver.program.functions[0].body = try resolver.resolve(program.functions[0].body, in: frame, line: 1)
        resolver.finish(0, state)
        return Program(resolver.program)
    }

    private mutating func finish(_ function: Int, _ state: FunctionState) {
        program.functions[function].slotCount = state.slotCount
        program.functions[function].isCaptured = state.isCaptured
    }

    // MARK: Analysis

    private func analyze(_ body: [StatementID], in frame: ScopeFrame) {
        for statement in body { analyze(program.statements[Int(statement)], in: frame) }
    }

    private func analyze(_ statement: Statement, in frame: ScopeFrame) {
        switch statement {
        case .text, .scope, .choice, .load, .breakLoop, .continueLoop: break
        case .output(let value): load(value, in: frame)
        case .assign(let target, let value):
            load(value, in: frame)
            store(target, in: frame)
        case .assignBlock(let target, _, _): store(target, in: frame)
        case .conditional(let branches, let otherwise): analyze(branches, otherwise: otherwise, in: frame)
        case .loop(let loop): load(loop.over, in: frame)
        case .recursiveLoop(_, let over): load(over, in: frame)
        case .macro(let target, _): store(target, in: frame)
        case .callBlock(let call, _): load(call, in: frame)
        case .filterBlock(let filter, _): load(filter, in: frame)
        case .with(let assignments, _): for assignment in assignments { load(assignment.value, in: frame) }
        }
    }

    private func analyze(_ branches: [Condition], otherwise: [StatementID], in frame: ScopeFrame) {
        load(branches[0].test, in: frame)
        let before = frame.symbols
        func symbols(after visit: () -> Void) -> Symbols {
            frame.symbols = before
            visit()
            defer { frame.symbols = before }
            return frame.symbols
        }
        let first = symbols { analyze(branches[0].body, in: frame) }
        let middle = symbols {
            for branch in branches.dropFirst() { analyze([branch], otherwise: [], in: frame) }
        }
        let last = symbols { analyze(otherwise, in: frame) }
        frame.merge([first, middle, last])
    }

    private func store(_ target: Target, in frame: ScopeFrame) {
        switch target {
        case .name(let name): frame.store(name)
        case .slot: break
        case .attribute(let variable, _): load(variable, in: frame)
        case .tuple(let targets): for target in targets { store(target, in: frame) }
        }
    }

    private func declare(_ target: Target, in frame: ScopeFrame) {
        switch target {
        case .name(let name): frame.declareParameter(name)
        case .slot, .attribute: break
        case .tuple(let targets): for target in targets { declare(target, in: frame) }
        }
    }

    private func load(_ expression: ExpressionID, in frame: ScopeFrame) {
        if case .name(let name) = program.expressions[Int(expression)] { frame.load(name) }
        for part in program.parts(of: expression) { load(part, in: frame) }
    }

    // MARK: Resolution

    /// Analyses and resolves a scope.
    private mutating func resolve(
        _ scope: Scope, in frame: ScopeFrame, line: Int
    ) throws(TemplateError) -> Scope {
        analyze(scope.body, in: frame)
        try resolve(scope.body, in: frame, isSoft: false)
        return Scope(body: scope.body, loads: frame.loads)
    }

    /// `isSoft` says that the statements may never run.
    private mutating func resolve(
        _ body: [StatementID], in frame: ScopeFrame, isSoft: Bool
    ) throws(TemplateError) {
        for statement in body {
            let line = Int(program.lines[Int(statement)])
            program.statements[Int(statement)] = try resolve(
                program.statements[Int(statement)], in: frame, isSoft: isSoft, line: line)
        }
    }

    private mutating func resolve(
        _ statement: Statement, in frame: ScopeFrame, isSoft: Bool, line: Int
    ) throws(TemplateError) -> Statement {
        switch statement {
        case .text, .choice, .load, .breakLoop, .continueLoop: return statement
        case .output(let value):
            try resolve(value, in: frame, isSoft: isSoft, line: line)
            return statement
        case .assign(let target, let value):
            try resolve(value, in: frame, isSoft: isSoft, line: line)
            return .assign(try resolve(target, in: frame, line: line), value)
        case .assignBlock(let target, let value, let scope):
            let inner = frame.inner()
            load(value, in: inner)
            let resolved = try resolve(scope, in: inner, line: line)
            try resolve(value, in: inner, isSoft: false, line: line)
            return .assignBlock(try resolve(target, in: frame, line: line), value: value, resolved)
        case .conditional(let branches, let otherwise):
            for branch in branches {
                try resolve(branch.test, in: frame, isSoft: true, line: line)
                try resolve(branch.body, in: frame, isSoft: true)
            }
            try resolve(otherwise, in: frame, isSoft: true)
            return statement
        case .loop(let loop):
            try resolve(loop.over, in: frame, isSoft: isSoft, line: line)
            return .loop(try resolve(loop, in: frame.inner(), outside: frame, line: line))
        case .recursiveLoop(let function, let over):
            try resolve(over, in: frame, isSoft: isSoft, line: line)
            try resolveRecursiveLoop(function, in: frame, line: line)
            return statement
        case .macro(let target, let function):
            try resolve(function: function, in: frame, line: line)
            return .macro(try resolve(target, in: frame, line: line), function: function)
        case .callBlock(let call, let function):
            try resolve(function: function, in: frame, line: line)
            try resolve(call, in: frame, isSoft: isSoft, line: line)
            return statement
        case .filterBlock(let filter, let scope):
            let inner = frame.inner()
            load(filter, in: inner)
            let resolved = try resolve(scope, in: inner, line: line)
            try resolve(filter, in: inner, isSoft: false, line: line)
            return .filterBlock(filter: filter, resolved)
        case .with(let assignments, let scope):
            return try resolveWith(assignments, scope, in: frame, isSoft: isSoft, line: line)
        case .scope(let scope): return .scope(try resolve(scope, in: frame.inner(), line: line))
        }
    }

    private mutating func resolveWith(
        _ assignments: [(target: Target, value: ExpressionID)], _ scope: Scope, in frame: ScopeFrame, isSoft: Bool,
        line: Int
    ) throws(TemplateError) -> Statement {
        let inner = frame.inner()
        for assignment in assignments { declare(assignment.target, in: inner) }
        let resolvedScope = try resolve(scope, in: inner, line: line)
        var resolved: [(target: Target, value: ExpressionID)] = []
        for assignment in assignments {
            try resolve(assignment.value, in: frame, isSoft: isSoft, line: line)
            resolved.append((try resolve(assignment.target, in: inner, line: line), assignment.value))
        }
        return .with(resolved, resolvedScope)
    }

    private mutating func resolve(
        _ loop: Loop, in inner: ScopeFrame, outside frame: ScopeFrame, line: Int
    ) throws(TemplateError) -> Loop {
        var resolved = loop
        if loop.loopSlot != nil {
            let name = program.name("loop")
            inner.declareParameter(name)
            resolved.loopSlot = inner.slot(of: name)
        }
        declare(loop.target, in: inner)
        resolved.body = try resolve(loop.body, in: inner, line: line)
        resolved.target = try resolve(loop.target, in: inner, line: line)
        if let test = loop.test, let target = loop.testTarget {
            let testFrame = ScopeFrame(parent: frame, function: inner.function)
            declare(target, in: testFrame)
            load(test, in: testFrame)
            try resolve(test, in: testFrame, isSoft: false, line: line)
            resolved.testTarget = try resolve(target, in: testFrame, line: line)
        }
        if let otherwise = loop.otherwise {
            let otherwiseFrame = ScopeFrame(parent: frame, function: inner.function)
            resolved.otherwise = try resolve(otherwise, in: otherwiseFrame, line: line)
        }
        return resolved
    }

    private mutating func resolveRecursiveLoop(
        _ function: Int, in frame: ScopeFrame, line: Int
    ) throws(TemplateError) {
        let statement = Int(program.functions[function].body.body[0])
        guard case .loop(let loop) = program.statements[statement] else { return }
        frame.function.isCaptured = true
        let state = FunctionState()
        let inner = ScopeFrame(parent: frame, function: state)
        program.statements[statement] = .loop(try resolve(loop, in: inner, outside: frame, line: line))
        finish(function, state)
    }

    private mutating func resolve(
        function place: Int, in frame: ScopeFrame, line: Int
    ) throws(TemplateError) {
        frame.function.isCaptured = true
        var function = program.functions[place]
        let state = FunctionState()
        let inner = ScopeFrame(parent: frame, function: state)
        for at in function.parameters.indices {
            let name = function.parameters[at].name
            inner.declareParameter(name)
            function.parameters[at].slot = inner.slot(of: name)
        }
        let explicit = Set(function.parameters.map(\.name))
        func declareSpecial(_ name: Int32, if isMentioned: Bool) -> Int32? {
            guard isMentioned, !explicit.contains(name) else { return nil }
            inner.declareParameter(name)
            return inner.slot(of: name)
        }
        function.callerSlot = declareSpecial(program.name("caller"), if: function.mentionsCaller)
        function.namedSlot = declareSpecial(program.name("kwargs"), if: function.mentionsNamed)
        function.positionalSlot = declareSpecial(program.name("varargs"), if: function.mentionsPositional)
        for parameter in function.parameters {
            if let value = parameter.defaultValue { load(value, in: inner) }
        }
        function.body = try resolve(function.body, in: inner, line: line)
        for parameter in function.parameters {
            if let value = parameter.defaultValue { try resolve(value, in: inner, isSoft: false, line: line) }
        }
        program.functions[place] = function
        finish(place, state)
    }

    private mutating func resolve(_ target: Target, in frame: ScopeFrame, line: Int) throws(TemplateError) -> Target {
        switch target {
        case .name(let name): return .slot(frame.slot(of: name))
        case .slot: return target
        case .attribute(let variable, _):
            try resolve(variable, in: frame, isSoft: false, line: line)
            return target
        case .tuple(let targets):
            var resolved: [Target] = []
            for target in targets { resolved.append(try resolve(target, in: frame, line: line)) }
            return .tuple(resolved)
        }
    }

    private mutating func resolve(
        _ expression: ExpressionID, in frame: ScopeFrame, isSoft: Bool, line: Int
    ) throws(TemplateError) {
        var isSoft = isSoft
        switch program.expressions[Int(expression)] {
        case .name(let name):
            program.expressions[Int(expression)] = .variable(frame.find(name) ?? .context(name))
        case .conditional: isSoft = true
        case .unknown(_, let name, let isFilter) where !isSoft:
            let name = program.names[Int(name)].text.string
            throw TemplateError(.syntax, "No \(isFilter ? "filter" : "test") named '\(name)'.", line: line)
        default: break
        }
        for part in program.parts(of: expression) { try resolve(part, in: frame, isSoft: isSoft, line: line) }
    }
}
