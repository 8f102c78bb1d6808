/// Text from a server, made harmless for a terminal.
package enum TerminalText {
    /// The text with U+FFFD for each control character other than a line feed or a tab: an escape sequence could
    /// retitle the window, hide text or type for the user.
    package static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case ..<0x20, 0x7F..<0xA0: true
        default: false
        }
    }
}
