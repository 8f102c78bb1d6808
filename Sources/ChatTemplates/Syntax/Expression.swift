/// A place in `Program.expressions`.
typealias ExpressionID = Int32

/// One node of an expression; its parts are places in tables of the program.
enum Expression {
    /// A place in `Program.constants`.
    case constant(Int32)
    /// A variable by name (a place in `Program.names`); scope resolution replaces it.
    case name(Int32)
    case variable(Variable)
    /// What a `filter` block or a block assignment has captured.
    case captured
    case attribute(ExpressionID, name: Int32)
    case item(ExpressionID, key: ExpressionID)
    /// An item whose key is a string: a place in `Program.names`.
    case member(ExpressionID, name: Int32)
    /// A place in `Program.slices`.
    case slice(ExpressionID, Int32)
    /// `arguments` is a place in `Program.arguments`.
    case call(ExpressionID, arguments: Int32)
    case filter(ExpressionID, Filter, arguments: Int32)
    case test(ExpressionID, Test, arguments: Int32)
    /// A filter or test that does not exist, in a branch that may never run.
    case unknown(ExpressionID, name: Int32, isFilter: Bool)
    case not(ExpressionID)
    case negative(ExpressionID)
    case positive(ExpressionID)
    case and(ExpressionID, ExpressionID)
    case or(ExpressionID, ExpressionID)
    case arithmetic(ArithmeticOperator, ExpressionID, ExpressionID)
    /// `+` over several operands, from the left: a place in `Program.lists`.
    case sum(Int32)
    case compare(ComparisonOperator, ExpressionID, ExpressionID)
    /// A chain of several comparisons: a place in `Program.comparisons`.
    case comparisons(ExpressionID, Int32)
    /// The operands are a place in `Program.lists`.
    case concatenation(Int32)
    case list(Int32)
    case tuple(Int32)
    /// Keys and values in turn.
    case dictionary(Int32)
    /// `otherwise` is -1 where there is no `else`.
    case conditional(test: ExpressionID, then: ExpressionID, otherwise: ExpressionID)
}

/// Where a variable lives.
enum Variable {
    /// A slot of the activation that is `levels` functions further out.
    case slot(Int32, levels: Int32, name: Int32)
    /// The context, under a place in `Program.names`.
    case context(Int32)
}

enum ArithmeticOperator: UInt8 {
    case add, subtract, multiply, divide, floorDivide, modulo, power
}

enum ComparisonOperator: UInt8 {
    case equal, notEqual, less, atMost, greater, atLeast, isIn, isNotIn
}

struct Comparison {
    let comparison: ComparisonOperator
    let operand: ExpressionID
}

struct SliceBounds {
    let start: ExpressionID?
    let stop: ExpressionID?
    let step: ExpressionID?
    /// Whether the slice of what has none is undefined: so it is where a constant is printed or computed, because
    /// Jinja2 evaluates that when it compiles the template, by other rules.
    var isRelaxed = false
}

/// The arguments of a call, filter or test as they are written.
struct ArgumentList {
    /// The place of the list without arguments.
    static let none: Int32 = 0

    var positional: [ExpressionID] = []
    /// A place in `Program.names`, and the value.
    var named: [(name: Int32, value: ExpressionID)] = []
    var unpackedPositional: ExpressionID?
    var unpackedNamed: ExpressionID?

    var isEmpty: Bool {
        positional.isEmpty && named.isEmpty && unpackedPositional == nil && unpackedNamed == nil
    }
}
