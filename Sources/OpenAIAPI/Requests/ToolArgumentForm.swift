/// How a chat template takes the arguments of the calls that an assistant made.
package enum ToolArgumentForm: Sendable {
    /// As a value, which the template writes out: what most templates expect.
    case object
    /// As JSON in a string, which the template puts in as it is.
    case text
}
