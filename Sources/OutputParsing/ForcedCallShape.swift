/// The literal text around the JSON of a call that generation is held to.
///
/// An answer of two calls reads: `opening`, then `beforeName` NAME `beforeArguments` JSON `afterArguments`, `between`,
/// the same again, `closing`. The name is text as it stands in the request, the arguments one JSON object.
package struct ForcedCallShape: Sendable, Equatable {
    package let opening: [UInt8]
    package let beforeName: [UInt8]
    package let beforeArguments: [UInt8]
    package let afterArguments: [UInt8]
    package let between: [UInt8]
    package let closing: [UInt8]

    init(
        opening: String = "", beforeName: String, beforeArguments: String, afterArguments: String = "",
        between: String = "", closing: String = ""
    ) {
        self.opening = Array(opening.utf8)
        self.beforeName = Array(beforeName.utf8)
        self.beforeArguments = Array(beforeArguments.utf8)
        self.afterArguments = Array(afterArguments.utf8)
        self.between = Array(between.utf8)
        self.closing = Array(closing.utf8)
    }
}
