import ArgumentParser
import ChatClient

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talks to a model in the terminal, over any OpenAI-compatible API.",
        discussion: """
            Without a MESSAGE, at a terminal, it holds a conversation:

            \(ChatVerb.overview)

            With a MESSAGE, or when standard input is no terminal, it answers once and ends: the answer goes to \
            standard output, all else to standard error. A MESSAGE '-' stands for standard input: \
            drover chat 'Summarize this:' - < notes.txt

            A key for the server is read from the environment: DROVER_API_KEY, or else OPENAI_API_KEY. Every option \
            can also be set there (--max-tokens as DROVER_CHAT_MAX_TOKENS) and in the file that --config names \
            (maxTokens in chat). The command line comes first, then the environment, then the file. NO_COLOR turns \
            colours off.
            """)

    @OptionGroup var options: ChatOptions

    @Argument(help: "What to ask, once; '-' stands for standard input.")
    var message: [String] = []

    func run() async throws {
        let settings = try ChatSettings(try await options.reader())
        let terminal = Terminal()
        let question = try question(from: terminal, limits: settings.limits)
        try await ChatServer.with(settings.url, apiKey: settings.apiKey, limits: settings.limits) { server in
            let model: String
            if let given = settings.model {
                model = given
            } else {
                model = try await Self.chooseModel(of: server, terminal)
            }
            let session = ChatSession(
                server: server, terminal: terminal, limits: settings.limits,
                request: ChatRequest(
                    model: model, temperature: settings.temperature, maxTokens: settings.maxTokens),
                showsStatistics: settings.showsStatistics)
            let conversation = Conversation(system: settings.system)
            if let question {
                try await session.answerOnce(question, in: conversation)
            } else {
                terminal.note("Talking to \(model) at \(settings.url). /help shows the commands.\n")
                try await session.converse(conversation)
            }
        }
    }

    /// What is to be answered once; nil asks for a conversation.
    private func question(from terminal: Terminal, limits: ChatLimits) throws -> String? {
        if message.isEmpty, terminal.readsFromPerson { return nil }
        let parts = message.isEmpty ? ["-"] : message
        var input: String?
        if parts.contains("-") { input = try terminal.readAll(byteLimit: limits.inputBytes) }
        let question = parts.map { $0 == "-" ? input ?? "" : $0 }.joined(separator: " ")
        guard !question.allSatisfy(\.isWhitespace) else { throw CommandFailure("there is no message to answer") }
        return question
    }

    private static func chooseModel(of server: ChatServer, _ terminal: Terminal) async throws -> String {
        let models = try await server.models()
        guard let first = models.first else { throw CommandFailure("the server lists no model; name one with --model") }
        if models.count > 1 {
            let shown = models.dropFirst().prefix(20).joined(separator: ", ")
            let more = models.count > 21 ? ", …" : ""
            terminal.note(
                "The server has \(models.count) models; this is \(first). --model takes others: \(shown)\(more)\n")
        }
        return first
    }
}
