/// What an assignment writes to.
enum Target {
    /// A name before scope resolution: a place in `Program.names`.
    case name(Int32)
    case slot(Int32)
    /// An attribute of a namespace; the expression is the variable that should hold it.
    case attribute(of: ExpressionID, name: Int32)
    indirect case tuple([Target])
}
