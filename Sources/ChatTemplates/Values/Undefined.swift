/// What is known about a value that is not there, for the message when it is used.
struct Undefined: Sendable {
    enum Cause: UInt8 {
        /// A variable; `name` is its name.
        case variable
        /// An attribute, or a key that stands in the template as a name; `name` is its name.
        case attribute
        /// A computed key.
        case element
        /// A parameter of a macro that the call left out; `name` is its name.
        case parameter
        /// An attribute that the sandbox refuses, such as `list.append`; `name` is its name.
        case unsafe
        /// `if` without `else` as an expression.
        case conditional
        /// The first, last, smallest, … of nothing, or the neighbour of an outermost item.
        case nothing
        /// `caller` in a macro that was called without a block.
        case caller
    }

    let cause: Cause
    /// A place in `Program.names`; 0 where the cause has none.
    let name: Int32

    init(_ cause: Cause, name: Int32 = 0) {
        self.cause = cause
        self.name = name
    }

    func message(names: [Name]) -> String {
        let name = "'\(names[Int(name)].text.string)'"
        return switch cause {
        case .variable: "\(name) is undefined"
        case .attribute: "the object has no attribute \(name)"
        case .element: "the object has no such element"
        case .parameter: "parameter \(name) was not provided"
        case .unsafe: "access to attribute \(name) is unsafe"
        case .conditional: "the inline if-expression evaluated to false and no else section was defined"
        case .nothing: "there is no such item"
        case .caller: "No caller defined"
        }
    }
}
