/// What one rendering may use up; meeting a limit ends it with an error that names the limit.
package struct TemplateLimits: Sendable, Equatable {
    /// Statements, expressions, elements that are made or compared and, in units of 32, bytes of text that may be worked
    /// on. A step allocates at most about a hundred bytes.
    package var steps: Int
    /// Expressions, statements and macro calls that may be open at once; 400 take less than 1 MiB of stack when built
    /// for release.
    package var depth: Int
    /// The bytes of the rendered prompt, and of any string on the way.
    package var outputBytes: Int
    /// Lists and dictionaries that may be nested.
    package var valueDepth: Int

    package static let `default` = TemplateLimits()

    package init(
        steps: Int = 8_000_000, depth: Int = 400, outputBytes: Int = 16 << 20, valueDepth: Int = 256
    ) {
        precondition(steps > 0 && outputBytes > 0, "a rendering needs some steps and some output")
        precondition((1...400).contains(depth), "a greater depth could overflow a thread's stack")
        precondition((1...256).contains(valueDepth), "a greater value depth could overflow a thread's stack")
        self.steps = steps
        self.depth = depth
        self.outputBytes = outputBytes
        self.valueDepth = valueDepth
    }
}
