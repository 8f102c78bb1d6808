/// What one template may look like, so that compiling and running it needs little stack.
enum SyntaxLimits {
    /// Parentheses, brackets, unary operators and blocks that may be open at once.
    static let nesting = 100
    /// Levels of one expression's tree; a chain of n operators has n.
    static let expressionDepth = 200
    static let sourceBytes = 4 << 20
}
