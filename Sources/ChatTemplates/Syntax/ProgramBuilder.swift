/// The tables of a program while the parser and the scope resolver fill them.
struct ProgramBuilder {
    private(set) var names: [Name] = [Name("")]
    private(set) var namePlaces: [Text: Int32] = [.empty: 0]
    private(set) var constants: [Value] = []
    var expressions: [Expression] = []
    /// The levels of each expression's tree.
    private(set) var depths: [Int] = []
    var lists: [[ExpressionID]] = []
    var comparisons: [[Comparison]] = []
    var slices: [SliceBounds] = []
    private(set) var arguments = [ArgumentList()]
    var statements: [Statement] = []
    private(set) var lines: [Int32] = []
    var functions: [Function] = []

    mutating func name(_ name: String) -> Int32 {
        let name = Name(name)
        if let place = namePlaces[name.text] { return place }
        names.append(name)
        let place = Int32(names.count - 1)
        namePlaces[name.text] = place
        return place
    }

    mutating func constant(_ value: Value) -> Int32 {
        constants.append(value)
        return Int32(constants.count - 1)
    }

    mutating func add(_ statement: Statement, line: Int) -> StatementID {
        statements.append(statement)
        lines.append(Int32(line))
        return Int32(statements.count - 1)
    }

    mutating func add(_ list: [ExpressionID]) -> Int32 {
        lists.append(list)
        return Int32(lists.count - 1)
    }

    mutating func add(_ arguments: ArgumentList) -> Int32 {
        if arguments.isEmpty { return ArgumentList.none }
        self.arguments.append(arguments)
        return Int32(self.arguments.count - 1)
    }

    /// Adds an expression over `parts`.
    mutating func add(_ expression: Expression, over parts: [ExpressionID]) -> ExpressionID {
        expressions.append(expression)
        depths.append(parts.reduce(0) { max($0, depths[Int($1)]) } + 1)
        let place = Int32(expressions.count - 1)
        if computes(expression), parts.contains(where: isSlice), isConstant(place) { relaxSlices(in: place) }
        return place
    }

    private func isSlice(_ expression: ExpressionID) -> Bool {
        if case .slice = expressions[Int(expression)] { return true }
        return false
    }

    /// Whether the value of an expression never is, or holds, the value of a part.
    private func computes(_ expression: Expression) -> Bool {
        switch expression {
        case .filter, .test, .not, .compare, .comparisons, .arithmetic, .sum, .concatenation: true
        default: false
        }
    }

    /// The string that an expression is, if it is one.
    func text(_ expression: ExpressionID) -> Text? {
        guard case .constant(let place) = expressions[Int(expression)], case .string(let text) = constants[Int(place)]
        else { return nil }
        return text
    }

    /// The values of expressions that are all constants; nil if one is not.
    func constants(_ expressions: [ExpressionID]) -> [Value]? {
        var values: [Value] = []
        for expression in expressions {
            guard case .constant(let place) = self.expressions[Int(expression)] else { return nil }
            values.append(constants[Int(place)])
        }
        return values
    }

    /// Makes slices of what has none undefined in a constant that is printed: Jinja2 evaluates it when it compiles the
    /// template, as it does constants that are computed.
    mutating func relaxSlices(inOutput expression: ExpressionID) {
        if isConstant(expression) { relaxSlices(in: expression) }
    }

    private mutating func relaxSlices(in expression: ExpressionID) {
        if case .slice(_, let place) = expressions[Int(expression)] { slices[Int(place)].isRelaxed = true }
        for part in parts(of: expression) { relaxSlices(in: part) }
    }

    private func isConstant(_ expression: ExpressionID) -> Bool {
        switch expressions[Int(expression)] {
        case .name, .variable, .captured, .call, .unknown, .conditional(_, _, -1): return false
        case .filter(_, let filter, _):
            switch filter {
            case .map, .select, .selectattr, .reject, .rejectattr: return false
            default: break
            }
        default: break
        }
        return parts(of: expression).allSatisfy(isConstant)
    }

    func depth(of expression: ExpressionID) -> Int { depths[Int(expression)] }

    /// The expressions among an argument list.
    func parts(of list: ArgumentList) -> [ExpressionID] {
        list.positional + list.named.map(\.value) + [list.unpackedPositional, list.unpackedNamed].compactMap { $0 }
    }

    /// The expressions right below an expression.
    func parts(of expression: ExpressionID) -> [ExpressionID] {
        switch expressions[Int(expression)] {
        case .constant, .name, .variable, .captured: []
        case .attribute(let value, _), .member(let value, _), .unknown(let value, _, _): [value]
        case .not(let value), .negative(let value), .positive(let value): [value]
        case .item(let left, let right), .and(let left, let right), .or(let left, let right): [left, right]
        case .arithmetic(_, let left, let right), .compare(_, let left, let right): [left, right]
        case .slice(let value, let place):
            [value] + [slices[Int(place)].start, slices[Int(place)].stop, slices[Int(place)].step].compactMap { $0 }
        case .call(let value, let list): [value] + parts(of: arguments[Int(list)])
        case .filter(let value, _, let list), .test(let value, _, let list):
            [value] + parts(of: arguments[Int(list)])
        case .comparisons(let first, let place): [first] + comparisons[Int(place)].map(\.operand)
        case .concatenation(let list), .sum(let list), .list(let list), .tuple(let list), .dictionary(let list):
            lists[Int(list)]
        case .conditional(let test, let then, let otherwise):
            otherwise < 0 ? [test, then] : [test, then, otherwise]
        }
    }
}
