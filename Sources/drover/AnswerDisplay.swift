import ChatClient

/// Shows an answer as it comes: the text as the answer, what the model says to itself as a note.
struct AnswerDisplay {
    let terminal: Terminal
    /// Whether something was shown that did not end in a line break.
    private var isInLine = false
    private var isReasoning = false

    init(terminal: Terminal) { self.terminal = terminal }

    mutating func show(_ chunk: ChatChunk) throws {
        if !chunk.reasoning.isEmpty, terminal.notesToPerson {
            if !isReasoning { try endLine() }
            isReasoning = true
            terminal.pale(chunk.reasoning)
            isInLine = !chunk.reasoning.hasSuffix("\n")
        }
        guard !chunk.content.isEmpty else { return }
        if isReasoning { try endLine() }
        try terminal.answer(chunk.content)
        isInLine = !chunk.content.hasSuffix("\n")
    }

    /// Ends the line that is shown, if one is, on the stream that it was begun on.
    mutating func endLine() throws {
        if isInLine {
            if isReasoning { terminal.note("\n") } else { try terminal.answer("\n") }
        }
        isInLine = false
        isReasoning = false
    }
}
