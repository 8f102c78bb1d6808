/// Why keys cannot be used. It never repeats what might be one.
package struct KeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1; nil if no line is at fault.
    package let line: Int?
    package let problem: String

    package init(_ problem: String, line: Int? = nil) {
        self.problem = problem
        self.line = line
    }

    package var description: String { (line.map { "line \($0): " } ?? "") + problem }
}
