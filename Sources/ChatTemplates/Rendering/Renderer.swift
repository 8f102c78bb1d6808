import JSONBytes

/// Runs a program once over one context.
///
/// Objects that Python would change live in arenas here and values name their place, so that cycles end with the
/// rendering. Slots of a call are dropped when it returns, unless a function defined in it may live on.
struct Renderer {
    let program: Program
    let limits: TemplateLimits
    let now: TemplateDate
    private var stepsLeft: Int
    private var depth = 0
    /// The line of the statement that is running.
    var line = 1
    /// What is being written: the prompt, or the text of the innermost macro or block that captures.
    var output = TextBuilder()
    /// What the expression `captured` means.
    var captured = Value.none

    /// The context's variables, by place of their name.
    private let context: Cells
    private let slots = Cells()
    /// Values that were computed to be looked at once.
    private let scratch = Cells([.none, .none])
    private var activations: [Activation] = []
    /// The running activation.
    private(set) var activation = 0
    /// Where its slots start.
    private var base = 0
    /// Activations below this place are kept: a function that was defined in one of them may be called again.
    private var keptActivations = 0

    var iterators: [IteratorState] = []
    var namespaces: [Attributes] = []
    var loops: [LoopState] = []
    var closures: [Closure] = []
    var cyclers: [CyclerState] = []
    var joiners: [JoinerState] = []

    /// The slots of one call.
    private struct Activation {
        /// Where the slots start.
        let base: Int
        /// The activation in which the function was defined.
        let parent: Int
    }

    init(program: Program, context: TemplateContext, limits: TemplateLimits) throws(TemplateError) {
        self.program = program
        self.limits = limits
        now = context.now
        stepsLeft = limits.steps
        self.context = Cells(program.globals)
        for (name, value) in context.variables {
            guard let place = program.namePlaces[Text(name, .template)] else { continue }
            let (depth, count) = value.measure(limit: limits.valueDepth)
            if depth > limits.valueDepth { throw limit("valueDepth", limits.valueDepth) }
            try charge(count)
            self.context[Int(place)] = Value(value, depth: depth)
        }
        for (name, string) in context.trusted {
            guard let place = program.namePlaces[Text(name, .template)] else { continue }
            self.context[Int(place)] = .string(Text(string, .template))
        }
    }

    mutating func render() throws(TemplateError) -> RenderedPrompt {
        output = TextBuilder(reserving: 8192)
        let function = program.functions[0]
        enterActivation(of: function, definedIn: 0)
        enter(function.body)
        _ = try run(function.body.body)
        return RenderedPrompt(bytes: output.bytes, templateRanges: output.templateRanges)
    }

    // MARK: Limits and errors

    func fail(_ message: String) -> TemplateError { TemplateError(.runtime, message, line: line) }

    func limit(_ name: String, _ value: Int) -> TemplateError {
        TemplateError(.limitExceeded(name), "the rendering exceeds its limit '\(name)' of \(value)", line: line)
    }

    /// Pays for work of `steps` units.
    @inline(__always)
    mutating func charge(_ steps: Int) throws(TemplateError) {
        stepsLeft -= steps
        if stepsLeft < 0 { throw limit("steps", limits.steps) }
    }

    /// Python's `left == right`; pays for the parts that are compared.
    mutating func equal(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
        let isEqual = left.equals(right, &stepsLeft)
        if stepsLeft < 0 { throw limit("steps", limits.steps) }
        return isEqual
    }

    /// Python's `left < right`, or with `orEqual` its `<=`; pays for the parts that are compared.
    mutating func precedes(_ left: Value, _ right: Value, orEqual: Bool = false) throws(TemplateError) -> Bool {
        let result = left.precedes(right, orEqual: orEqual, &stepsLeft)
        if stepsLeft < 0 { throw limit("steps", limits.steps) }
        if let result { return result }
        try requireDefined(left)
        try requireDefined(right)
        throw fail("'<' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
    }

    /// A value as a key; pays for its parts.
    mutating func hashKey(_ value: Value) throws(TemplateError) -> HashKey {
        try charge(value.weight)
        guard let key = HashKey(value) else { throw fail("unhashable type: '\(value.typeName)'") }
        return key
    }

    /// Pays for text of `count` bytes, which must not be longer than a prompt may be.
    mutating func chargeText(_ count: Int) throws(TemplateError) {
        if count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        try charge(count >> 5)
    }

    @inline(__always)
    mutating func descend() throws(TemplateError) {
        depth += 1
        if depth > limits.depth { throw limit("depth", limits.depth) }
    }

    @inline(__always)
    mutating func ascend() { depth -= 1 }

    // MARK: Values with limits

    mutating func list(_ values: [Value]) throws(TemplateError) -> Value {
        .list(try elements(values))
    }

    mutating func tuple(_ values: [Value]) throws(TemplateError) -> Value {
        .tuple(try elements(values))
    }

    private mutating func elements(_ values: [Value]) throws(TemplateError) -> Elements {
        try charge(values.count)
        let elements = Elements(values)
        if elements.depth > limits.valueDepth { throw limit("valueDepth", limits.valueDepth) }
        return elements
    }

    mutating func dictionary(_ builder: Mapping.Builder) throws(TemplateError) -> Value {
        try charge(builder.count)
        let mapping = builder.finish()
        if mapping.depth > limits.valueDepth { throw limit("valueDepth", limits.valueDepth) }
        return .dictionary(mapping)
    }

    mutating func iterator(_ values: [Value]) throws(TemplateError) -> Value {
        try charge(values.count + 1)
        iterators.append(IteratorState(values: values))
        return .iterator(iterators.count - 1)
    }

    // MARK: Slots

    /// Starts a call with empty slots and returns the activation to go back to.
    @discardableResult
    mutating func enterActivation(of function: Function, definedIn parent: Int) -> Int {
        let caller = activation
        activations.append(Activation(base: slots.count, parent: parent))
        slots.push(Int(function.slotCount))
        switchActivation(to: activations.count - 1)
        return caller
    }

    mutating func leaveActivation(of function: Function, returningTo caller: Int) {
        if function.isCaptured { keptActivations = activations.count }
        if activation >= keptActivations {
            slots.drop(from: activations[activation].base)
            activations.removeSubrange(activation...)
        }
        switchActivation(to: caller)
    }

    mutating func switchActivation(to place: Int) {
        activation = place
        // The first call comes from nowhere and returns there.
        base = place < activations.count ? activations[place].base : 0
    }

    @inline(__always)
    mutating func store(_ value: Value, in slot: Int32) {
        slots[base + Int(slot)] = value
    }

    /// What a variable holds, `missing` included.
    func load(_ variable: Variable) -> Value { place(of: variable).pointee }

    /// Where a variable is, until the next call.
    func place(of variable: Variable) -> UnsafePointer<Value> {
        switch variable {
        case .context(let name): return context.at(Int(name))
        case .slot(let slot, let levels, _):
            if levels == 0 { return slots.at(base + Int(slot)) }
            var place = activation
            for _ in 0..<levels { place = activations[place].parent }
            return slots.at(activations[place].base + Int(slot))
        }
    }

    /// Puts a computed value where it can be looked at: there are two such places.
    func place(of value: Value, in side: Side) -> UnsafePointer<Value> {
        scratch[side.rawValue] = value
        return scratch.at(side.rawValue)
    }

    /// The operand of a comparison for which a value is looked at.
    enum Side: Int { case left, right }

    /// Sets the slots of a scope to what they start as.
    mutating func enter(_ scope: Scope) {
        for load in scope.loads { store(load.source.map { self.load($0) } ?? .missing, in: load.slot) }
    }
}
