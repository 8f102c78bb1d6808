import ChatClient
import Foundation

/// Talks to a server on behalf of the person at the terminal.
struct ChatSession: Sendable {
    /// What became of a request.
    private struct Exchange: Sendable {
        var answer = Answer()
        /// Why it failed; nil if it didn't. A stopped one has not failed.
        var failure: String?
    }

    let server: ChatServer
    let terminal: Terminal
    let limits: ChatLimits
    let request: ChatRequest
    let showsStatistics: Bool

    /// Answers one question, without a conversation around it.
    func answerOnce(_ question: String, in conversation: Conversation) async throws {
        var conversation = conversation
        conversation.ask(question)
        let exchange = await send(conversation.messages)
        if let failure = exchange.failure { throw CommandFailure(failure) }
    }

    /// Takes lines from the terminal until it is told to quit.
    func converse(_ conversation: Conversation) async throws {
        let terminal = terminal
        try await Interrupts.handled(
            leave: {
                terminal.note("\n")
                exit(130)
            }
        ) { interrupts in
            var conversation = conversation
            while let input = await nextInput() {
                switch input {
                case .nothing: continue
                case .mistake(let reason): terminal.note("\(reason)\n")
                case .message(let text):
                    conversation.ask(text)
                    await answer(in: &conversation, interrupts)
                case .command(.retry, _):
                    if conversation.askAgain() {
                        await answer(in: &conversation, interrupts)
                    } else {
                        terminal.note("there is no question to ask again\n")
                    }
                case .command(.quit, _): return
                case .command(let verb, let argument): obey(verb, argument, in: &conversation)
                }
            }
            terminal.note("\n")
        }
    }

    /// The next whole input; nil when there is no more.
    private func nextInput() async -> ChatInput? {
        var joiner = LineJoiner(limits: limits)
        while let line = await terminal.line(prompt: joiner.isContinuing ? "… " : "> ") {
            do {
                if let text = try joiner.take(line) { return ChatInput(text) }
            } catch {
                return .mistake("\(error)")
            }
        }
        return nil
    }

    /// Has the open question answered, and keeps the answer or takes the question back.
    private func answer(in conversation: inout Conversation, _ interrupts: Interrupts) async {
        let messages = conversation.messages
        let exchange = await interrupts.stoppable { await send(messages) }
        guard let failure = exchange.failure else {
            return conversation.keep(exchange.answer.text)
        }
        conversation.takeBack()
        terminal.note("\(failure)\nThe message is taken back; /retry sends it again.\n")
    }

    private func obey(_ verb: ChatVerb, _ argument: String, in conversation: inout Conversation) {
        switch verb {
        case .help: terminal.note("\(ChatVerb.overview)\n")
        case .clear:
            conversation.clear()
            terminal.note("the conversation is forgotten\n")
        case .system:
            conversation.system = argument
            terminal.note(argument.isEmpty ? "there is no system prompt now\n" : "the system prompt is set\n")
        case .save: save(conversation, to: argument)
        case .retry, .quit: preconditionFailure("the conversation's loop sees to these")
        }
    }

    /// Writes the conversation to a new file.
    private func save(_ conversation: Conversation, to path: String) {
        let file = URL(fileURLWithPath: NSString(string: path).expandingTildeInPath)
        do {
            try Data(conversation.markdown.utf8).write(to: file, options: .withoutOverwriting)
            terminal.note("saved to \(file.path)\n")
        } catch CocoaError.fileWriteFileExists {
            terminal.note("there is a file '\(path)' already; give another name\n")
        } catch {
            terminal.note("cannot save to '\(path)': \(error.localizedDescription)\n")
        }
    }

    /// Sends the messages and shows the answer as it comes, and its statistics.
    private func send(_ messages: [ChatMessage]) async -> Exchange {
        var exchange = Exchange()
        var display = AnswerDisplay(terminal: terminal)
        let start = ContinuousClock.now
        do {
            try await server.answer(request.body(messages)) { chunk in
                exchange.answer.append(chunk, at: .now - start)
                try display.show(chunk)
            }
            try display.endLine()
        } catch {
            try? display.endLine()
            // Ctrl-C closes the connection, which is no failure of anybody.
            if !(error is CancellationError) { exchange.failure = "\(error)" }
        }
        if showsStatistics, exchange.failure == nil {
            terminal.pale("[\(exchange.answer.statistics)\(Task.isCancelled ? ", stopped" : "")]\n")
        }
        return exchange
    }
}
