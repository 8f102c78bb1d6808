extension Renderer {
    /// Runs statements until one leaves a loop.
    mutating func run(_ body: [StatementID]) throws(TemplateError) -> Completion {
        for statement in body {
            let completion = try run(statement)
            if completion != .normal { return completion }
        }
        return .normal
    }

    private mutating func run(_ statement: StatementID) throws(TemplateError) -> Completion {
        try charge(1)
        line = Int(program.lines[Int(statement)])
        switch program.statements[Int(statement)] {
        case .text(let constant):
            if case .string(let text) = program.constants.at(Int(constant)).pointee { try write(text) }
        case .output(let value): try emit(value)
        case .assign(let target, let value): try assign(value, to: target)
        case .choice(let first, let count, let otherwise):
            return try runChoice(Int(first)..<Int(first + count), otherwise)
        case .loop(let loop): return try runLoop(loop, over: loop.over)
        case .recursiveLoop(let function, let over):
            let recursion = Closure(function: function, activation: activation)
            try runRecursiveLoop(recursion, over: evaluate(over), depth: 0)
        case .macro(let target, let function):
            closures.append(Closure(function: function, activation: activation))
            try store(.macro(closures.count - 1), in: target)
        case .callBlock(let call, let function):
            closures.append(Closure(function: function, activation: activation))
            try emitCall(call, caller: .macro(closures.count - 1))
        case .assignBlock, .filterBlock, .with, .scope, .conditional:
            return try runScope(program.statements[Int(statement)])
        case .load(let tag):
            throw fail("the tag '\(program.names[Int(tag)].string)' needs another file, and a chat template is one")
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .normal
    }

    /// Runs a statement that has a scope of its own in the same function.
    private mutating func runScope(_ statement: Statement) throws(TemplateError) -> Completion {
        try descend()
        defer { ascend() }
        switch statement {
        case .assignBlock(let target, let value, let scope):
            let completion = try capture(scope)
            if completion == .normal { try store(evaluate(value), in: target) }
            return completion
        case .filterBlock(let filter, let scope):
            let completion = try capture(scope)
            if completion == .normal {
                guard case .string(let text) = try evaluate(filter) else {
                    throw fail("the filter of a filter block must give a string")
                }
                try write(text)
            }
            return completion
        case .with(let assignments, let scope):
            for assignment in assignments { try store(evaluate(assignment.value), in: assignment.target) }
            enter(scope)
            return try run(scope.body)
        case .scope(let scope):
            enter(scope)
            return try run(scope.body)
        default: return .normal
        }
    }

    /// Runs a scope into `captured`.
    private mutating func capture(_ scope: Scope) throws(TemplateError) -> Completion {
        let outer = output
        output = TextBuilder()
        enter(scope)
        let completion = try run(scope.body)
        captured = .string(output.finish())
        output = outer
        return completion
    }

    private mutating func runChoice(_ branches: Range<Int>, _ otherwise: Int32) throws(TemplateError) -> Completion {
        try descend()
        defer { ascend() }
        for at in branches where try isTrue(program.branches[at].test) {
            return try run(program.bodies[Int(program.branches[at].body)])
        }
        return try run(program.bodies[Int(otherwise)])
    }

    // MARK: Output

    mutating func write(_ value: Value) throws(TemplateError) {
        if case .string(let text) = value { return try write(text) }
        try write(text(of: value))
    }

    mutating func write(_ text: Text) throws(TemplateError) {
        output.append(text)
        if output.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        try charge(text.bytes.count >> 5)
    }

    // MARK: Assignment

    private mutating func assign(_ value: ExpressionID, to target: Target) throws(TemplateError) {
        try checkNamespaces(in: target)
        try store(evaluate(value), in: target)
    }

    /// Only namespaces take attributes; Jinja2 checks that before it evaluates the value.
    private mutating func checkNamespaces(in target: Target) throws(TemplateError) {
        switch target {
        case .attribute(let variable, _):
            guard case .namespace = try evaluate(variable) else {
                throw fail("cannot assign attribute on non-namespace object")
            }
        case .tuple(let targets): for target in targets { try checkNamespaces(in: target) }
        case .name, .slot: break
        }
    }

    mutating func store(_ value: Value, in target: Target) throws(TemplateError) {
        switch target {
        case .slot(let slot): store(value, in: slot)
        case .name: break
        case .attribute(let variable, let name):
            guard case .namespace(let place) = try evaluate(variable) else {
                throw fail("cannot assign attribute on non-namespace object")
            }
            try charge(namespaces[place].names.count >> 4)
            namespaces[place][program.names[Int(name)].text] = value
        case .tuple(let targets):
            if case .tuple(let elements) = value, elements.values.count == targets.count {
                for at in targets.indices { try store(elements.values[at], in: targets[at]) }
                return
            }
            let values = try items(of: value)
            guard values.count == targets.count else {
                let problem = values.count > targets.count ? "too many values" : "not enough values"
                throw fail("\(problem) to unpack (expected \(targets.count))")
            }
            for (target, value) in zip(targets, values) { try store(value, in: target) }
        }
    }
}
