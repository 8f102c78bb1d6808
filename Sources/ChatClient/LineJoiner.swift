/// Joins lines that end in a backslash with the ones that follow them.
package struct LineJoiner {
    private var begun = ""
    private let byteLimit: Int

    package init(limits: ChatLimits = ChatLimits()) { byteLimit = limits.inputBytes }

    /// Whether the next line continues an input.
    package var isContinuing: Bool { !begun.isEmpty }

    /// Takes a line without its line break; returns the input that it completes.
    ///
    /// - Throws: `InputTooLong`, after which the joiner is empty again.
    package mutating func take(_ line: String) throws(InputTooLong) -> String? {
        guard begun.utf8.count + line.utf8.count < byteLimit else {
            begun = ""
            throw InputTooLong(bytes: byteLimit)
        }
        if line.hasSuffix("\\") {
            begun += line.dropLast() + "\n"
            return nil
        }
        defer { begun = "" }
        return begun + line
    }
}
