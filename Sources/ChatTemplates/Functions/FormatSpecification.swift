/// How one value is formatted, by a `{…}` or a `%…` directive.
struct FormatSpecification {
    enum Alignment { case left, right, center, afterSign }

    var fill = Text(" ", .template)
    var alignment: Alignment?
    /// What stands in front of a number that is not negative: `+`, a space or nothing.
    var positiveSign = ""
    /// Whether a sign option was given, which only numbers take.
    var hasSignOption = false
    /// Whether the radix is written in front of the digits.
    var hasPrefix = false
    var grouping: String?
    var width = 0
    var precision: Int?
    /// The letter of the presentation type.
    var type: UInt8?
}
