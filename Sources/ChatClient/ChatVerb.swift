/// The commands that a user can give between messages.
package enum ChatVerb: String, CaseIterable, Sendable {
    case help, clear, system, save, retry, quit

    /// What follows the command's name.
    package var argument: String? {
        switch self {
        case .system: "TEXT"
        case .save: "FILE"
        case .help, .clear, .retry, .quit: nil
        }
    }

    private var meaning: String {
        switch self {
        case .help: "show this"
        case .clear: "forget the conversation, but not the system prompt"
        case .system: "set the system prompt, which the next request sends; without TEXT, remove it"
        case .save: "write the conversation to FILE as Markdown"
        case .retry: "ask the last question again"
        case .quit: "leave; so do Ctrl-D, and Ctrl-C at the prompt"
        }
    }

    /// One line for each command, and how to write a message.
    package static var overview: String {
        let lines = allCases.map { verb in
            let call = "/" + verb.rawValue + (verb.argument.map { " " + $0 } ?? "")
            return "  " + call + String(repeating: " ", count: 14 - call.count) + verb.meaning
        }
        return """
            \(lines.joined(separator: "\n"))
            A backslash at a line's end continues the message on the next line; '//' at its start means one '/'.
            Ctrl-C stops an answer and keeps what came of it.
            """
    }
}
