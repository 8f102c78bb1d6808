import ArgumentParser
import Foundation
import ServingModel
import Tokenization

/// How `drover tokenize` shows tokens.
struct TokenView {
    enum Form: String, CaseIterable, ExpressibleByArgument {
        /// The text, each token on a ground of its own.
        case color
        /// A line a token: its place, its id, its bytes.
        case table
        /// The ids in one line.
        case ids
        /// How many there are.
        case count
    }

    let vocabulary: Vocabulary
    let form: Form

    func lines(of tokens: [TokenID]) -> String {
        switch form {
        case .color: colored(tokens)
        case .table: table(tokens)
        case .ids: tokens.map { "\($0.rawValue)" }.joined(separator: " ") + "\n"
        case .count: "\(tokens.count)\n"
        }
    }

    private func table(_ tokens: [TokenID]) -> String {
        var lines = "    at      id  text\n"
        for (at, token) in tokens.enumerated() {
            let (place, id) = (Self.padded(at, 6), Self.padded(Int(token.rawValue), 6))
            lines += "\(place)  \(id)  \"\(Self.shown(vocabulary.bytes(of: token)))\""
            switch vocabulary.kind(of: token) {
            case .control: lines += "  control"
            case .userDefined: lines += "  user-defined"
            default: break
            }
            lines += "\n"
        }
        return lines
    }

    private func colored(_ tokens: [TokenID]) -> String {
        /// Grounds that black letters are read on, in the 256-color palette.
        let grounds = [152, 223, 188, 151, 217]
        var text = ""
        for (at, token) in tokens.enumerated() {
            let style = vocabulary.kind(of: token) == .control ? "1;37;41" : "30;48;5;\(grounds[at % grounds.count])"
            // A line break is shown on the token's ground, and then made.
            let lineBreak = "⏎\u{1B}[0m\n\u{1B}[\(style)m"
            text += "\u{1B}[\(style)m" + Self.shown(vocabulary.bytes(of: token), lineBreak: lineBreak) + "\u{1B}[0m"
        }
        return text + "\n\(tokens.count) tokens\n"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: " ", count: max(width - digits.count, 0)) + digits
    }

    /// A token's bytes, with escapes for those that a terminal would act on or that are no whole character.
    private static func shown(_ bytes: [UInt8], lineBreak: String = "\\n") -> String {
        var text = ""
        var rest = bytes[...]
        while let byte = rest.first {
            let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            let part = rest.prefix(length)
            if let character = String(validating: part, as: UTF8.self), let scalar = character.unicodeScalars.first {
                text += scalar == "\n" ? lineBreak : shown(scalar)
                rest = rest.dropFirst(length)
            } else {
                text += "\\x" + String(byte, radix: 16, uppercase: true)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": "\\t"
        case "\r": "\\r"
        case "\\": "\\\\"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: String(Character(scalar))
            }
        }
    }
}
