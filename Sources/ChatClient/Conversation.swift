/// What was said so far, and what a next request sends of it.
///
/// A question stays open until its answer is kept or the question is taken back; only one is open at a time.
package struct Conversation: Sendable {
    /// The system prompt; empty if there is none.
    package var system: String
    /// User and assistant in turn.
    package private(set) var turns: [ChatMessage] = []
    /// The question that got no answer and was taken back, for another try.
    private var unanswered: String?

    package init(system: String = "") { self.system = system }

    private var hasOpenQuestion: Bool { turns.last?.role == .user }

    /// What a request sends: the system prompt and every turn.
    package var messages: [ChatMessage] {
        (system.isEmpty ? [] : [ChatMessage(.system, system)]) + turns
    }

    package mutating func ask(_ question: String) {
        precondition(!hasOpenQuestion, "a question is asked after the one before it is closed")
        turns.append(ChatMessage(.user, question))
        unanswered = nil
    }

    /// Closes the open question with its answer, or takes it back if the answer is empty.
    package mutating func keep(_ answer: String) {
        guard !answer.isEmpty else { return takeBack() }
        precondition(hasOpenQuestion, "an answer follows a question")
        turns.append(ChatMessage(.assistant, answer))
    }

    /// Removes the open question, so that the conversation is as it was before.
    package mutating func takeBack() {
        precondition(hasOpenQuestion, "only an open question can be taken back")
        unanswered = turns.removeLast().content
    }

    /// Asks the last question again: the one that was taken back, or else the last one, whose answer is forgotten.
    ///
    /// Returns whether there was one.
    package mutating func askAgain() -> Bool {
        if let unanswered {
            ask(unanswered)
            return true
        }
        guard !turns.isEmpty else { return false }
        turns.removeLast()
        return true
    }

    /// Forgets every turn, but not the system prompt.
    package mutating func clear() {
        turns = []
        unanswered = nil
    }

    /// The conversation as Markdown: a heading with the role, then the text, for each message.
    package var markdown: String {
        messages.map { "## \($0.role.rawValue)\n\n\($0.content)\n" }.joined(separator: "\n")
    }
}
