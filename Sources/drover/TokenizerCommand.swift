import ArgumentParser
import Gateway
import OpenAIAPI

struct TokenizerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Serves a model's tokenizer and chat template over HTTP, without an engine.",
        discussion: """
            POST /v1/tokenize, /v1/detokenize, /v1/count and /v1/render (a chat request as its prompt, in text and \
            tokens) each take one request, or many as {"batch":[…]}.

            \(RunningService.settingsNote)
            """)

    @OptionGroup var options: TokenizerOptions

    func run() async throws {
        let settings = try TokenizerSettings(try await options.reader())
        let service = settings.service
        service.startLogging()
        let file = try ModelFile(path: settings.model.path)
        let text = file.text(settings.model, contextTokens: file.contextTokens)
        try await RunningService.run(service, text: text, engine: nil) { url in
            Greeting.showTokenizer(at: url, text)
        }
    }
}
