/// What a user has typed: a message, a command, or a mistake.
package enum ChatInput: Equatable, Sendable {
    case nothing
    case message(String)
    /// A command with its argument, which is empty if there is none.
    case command(ChatVerb, String)
    /// A line that looks like a command but is none; the sentence says why.
    case mistake(String)

    /// Reads a whole input, whose lines are joined already.
    package init(_ text: String) {
        let start = text.drop { $0.isWhitespace }
        guard !start.isEmpty else {
            self = .nothing
            return
        }
        guard start.first == "/" else {
            self = .message(text)
            return
        }
        guard !start.hasPrefix("//") else {
            self = .message(String(start.dropFirst()))
            return
        }
        let name = start.dropFirst().prefix { !$0.isWhitespace }
        let argument = start.dropFirst(1 + name.count).drop { $0.isWhitespace }
        let trimmed = String(argument.reversed().drop { $0.isWhitespace }.reversed())
        guard let verb = ChatVerb(rawValue: String(name)) else {
            self = .mistake("there is no command '/\(name)'; /help lists them, and '//' begins a message with '/'")
            return
        }
        switch (verb.argument, trimmed.isEmpty) {
        case (nil, false): self = .mistake("/\(verb.rawValue) takes nothing after it")
        case ("FILE", true): self = .mistake("/\(verb.rawValue) needs a FILE")
        default: self = .command(verb, trimmed)
        }
    }
}
