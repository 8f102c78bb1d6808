/// How characters stand inside a JSON string.
enum StringContent {
    /// What stands for itself.
    static let plain = CharacterSet.all.subtracting(CharacterSet(ranges: [0...0x1F, 0x22...0x22, 0x5C...0x5C]))

    /// What has a short escape, and the letter after the backslash.
    private static let escapes: [(Unicode.Scalar, Unicode.Scalar)] = [
        ("\"", "\""), ("\\", "\\"), ("\u{8}", "b"), ("\t", "t"), ("\n", "n"), ("\u{C}", "f"), ("\r", "r"),
    ]

    /// One character of `set`, each in one spelling. Control characters without a short escape are left out.
    static func expression(_ set: CharacterSet) -> GrammarExpression {
        let plain = set.intersection(plain)
        let letters = CharacterSet(
            ranges: escapes.filter { set.contains($0.0) }.map { $0.1.value...$0.1.value })
        var options: [GrammarExpression] = []
        if let single = plain.single {
            options.append(.text(String(single)))
        } else if !plain.isEmpty {
            options.append(.character(plain))
        }
        if let single = letters.single {
            options.append(.text("\\" + String(single)))
        } else if !letters.isEmpty {
            options.append(.sequence([.text("\\"), .character(letters)]))
        }
        return options.count == 1 ? options[0] : .choice(options)
    }
}
