extension Renderer {
    /// Runs a loop over the value of an expression.
    mutating func runLoop(_ loop: Loop, over: ExpressionID) throws(TemplateError) -> Completion {
        try runLoop(loop, over: evaluate(over), depth: 0, recursion: nil)
    }

    private mutating func runLoop(
        _ loop: Loop, over value: Value, depth: Int, recursion: Closure?
    ) throws(TemplateError) -> Completion {
        try descend()
        defer { ascend() }
        let items = try items(of: value)
        if loop.loopSlot == nil, loop.test == nil { return try runPlainLoop(loop, over: items) }
        let test = loop.test.flatMap { test in loop.testTarget.map { (expression: test, target: $0) } }
        let place = loops.count
        loops.append(
            LoopState(
                items: items, test: test, activation: activation, length: test == nil ? items.count : nil,
                depth: depth, recursion: recursion))
        // As in Jinja2, `else` runs unless an iteration came to its end without `break` or `continue`.
        var isOtherwise = true
        while let item = try nextItem(ofLoop: place) {
            loops[place].index += 1
            if test != nil {
                loops[place].previous = loops[place].current
                loops[place].current = item
            }
            if let slot = loop.loopSlot { store(.loop(place), in: slot) }
            let completion = try runBody(of: loop, item: item)
            if completion == .normal { isOtherwise = false }
            if completion == .breakLoop { break }
        }
        // Whoever kept the special variable must not run the test in an activation that is gone.
        loops[place].test = nil
        if isOtherwise, let otherwise = loop.otherwise { return try runOtherwise(otherwise) }
        return .normal
    }

    /// A loop whose body does not look at `loop`.
    private mutating func runPlainLoop(_ loop: Loop, over items: [Value]) throws(TemplateError) -> Completion {
        var isOtherwise = true
        for item in items {
            let completion = try runBody(of: loop, item: item)
            if completion == .normal { isOtherwise = false }
            if completion == .breakLoop { break }
        }
        if isOtherwise, let otherwise = loop.otherwise { return try runOtherwise(otherwise) }
        return .normal
    }

    private mutating func runBody(of loop: Loop, item: Value) throws(TemplateError) -> Completion {
        try charge(1)
        try store(item, in: loop.target)
        enter(loop.body)
        return try run(loop.body.body)
    }

    private mutating func runOtherwise(_ scope: Scope) throws(TemplateError) -> Completion {
        enter(scope)
        return try run(scope.body)
    }

    // MARK: Items

    private mutating func nextItem(ofLoop place: Int) throws(TemplateError) -> Value? {
        if let item = loops[place].lookahead {
            loops[place].lookahead = nil
            return item
        }
        return try fetchItem(ofLoop: place)
    }

    /// The next item that passes the loop's test.
    private mutating func fetchItem(ofLoop place: Int) throws(TemplateError) -> Value? {
        while loops[place].position < loops[place].items.count {
            let item = loops[place].items[loops[place].position]
            loops[place].position += 1
            guard let test = loops[place].test else { return item }
            try charge(1)
            let isWanted = try inActivation(loops[place].activation) { (renderer) throws(TemplateError) in
                try renderer.store(item, in: test.target)
                return try renderer.evaluate(test.expression).isTrue
            }
            if isWanted {
                // Jinja2 packs what the test has unpacked into a tuple again.
                if case .tuple = test.target, case .list(let elements) = item { return try tuple(elements.values) }
                return item
            }
        }
        return nil
    }

    private mutating func peekItem(ofLoop place: Int) throws(TemplateError) -> Value? {
        if loops[place].lookahead == nil { loops[place].lookahead = try fetchItem(ofLoop: place) }
        return loops[place].lookahead
    }

    /// The number of items; walks a filtered loop to its end.
    private mutating func length(ofLoop place: Int) throws(TemplateError) -> Int {
        if let length = loops[place].length { return length }
        var rest: [Value] = []
        while let item = try fetchItem(ofLoop: place) { rest.append(item) }
        let length = rest.count + loops[place].index + 1 + (loops[place].lookahead == nil ? 0 : 1)
        loops[place].items = rest
        loops[place].position = 0
        loops[place].test = nil
        loops[place].length = length
        return length
    }

    // MARK: The special variable

    /// What `loop` tells about a running loop.
    mutating func attribute(_ attribute: LoopAttribute, ofLoop place: Int) throws(TemplateError) -> Value {
        let index = loops[place].index
        switch attribute {
        case .index: return .integer(index + 1)
        case .index0: return .integer(index)
        case .first: return .bool(index == 0)
        case .last: return .bool(try peekItem(ofLoop: place) == nil)
        case .length: return .integer(try length(ofLoop: place))
        case .revindex: return .integer(try length(ofLoop: place) - index)
        case .revindex0: return .integer(try length(ofLoop: place) - index - 1)
        case .previtem:
            guard index > 0 else { return .undefined(Undefined(.nothing)) }
            // What a filtered loop has passed it does not keep.
            return loops[place].previous ?? loops[place].items[index - 1]
        case .nextitem: return try peekItem(ofLoop: place) ?? .undefined(Undefined(.nothing))
        case .depth: return .integer(loops[place].depth + 1)
        case .depth0: return .integer(loops[place].depth)
        }
    }

    /// An attribute that is known without looking ahead; nil if it is not.
    func plainAttribute(_ attribute: LoopAttribute, of place: Int) -> Value? {
        let index = loops[place].index
        switch attribute {
        case .index: return .integer(index + 1)
        case .index0: return .integer(index)
        case .first: return .bool(index == 0)
        case .last: return loops[place].length.map { .bool(index + 1 == $0) }
        case .length: return loops[place].length.map { .integer($0) }
        default: return nil
        }
    }

    mutating func call(_ method: Method, ofLoop place: Int, _ arguments: CallArguments) throws(TemplateError) -> Value {
        guard arguments.named.isEmpty else { throw fail("loop.\(method.rawValue) takes no keyword arguments") }
        let values = arguments.positional
        if method == .cycle {
            guard !values.isEmpty else { throw fail("no items for cycling given") }
            return values[loops[place].index % values.count]
        }
        if let last = loops[place].lastChanged, try equal(.list(Elements(last)), .list(Elements(values))) {
            return .bool(false)
        }
        loops[place].lastChanged = values
        return .bool(true)
    }

    // MARK: Recursion

    /// Runs a recursive loop over the argument of `loop(…)`.
    mutating func runLoop(again place: Int, _ arguments: CallArguments) throws(TemplateError) {
        guard let recursion = loops[place].recursion else {
            throw fail("The loop must have the 'recursive' marker to be called recursively.")
        }
        guard arguments.positional.count == 1, arguments.named.isEmpty else {
            throw fail("a recursive loop takes one argument")
        }
        try runRecursiveLoop(recursion, over: arguments.positional[0], depth: loops[place].depth + 1)
    }

    mutating func runRecursiveLoop(_ recursion: Closure, over value: Value, depth: Int) throws(TemplateError) {
        let function = program.functions[recursion.function]
        guard case .loop(let loop) = program.statements[Int(function.body.body[0])] else { return }
        try descend()
        defer { ascend() }
        let caller = enterActivation(of: function, definedIn: recursion.activation)
        _ = try runLoop(loop, over: value, depth: depth, recursion: recursion)
        leaveActivation(of: function, returningTo: caller)
    }
}
