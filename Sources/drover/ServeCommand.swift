import ArgumentParser
import Gateway
import LlamaEngine
import ServingModel

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves a model on this machine over the OpenAI API, with the embedded engine.",
        discussion: RunningService.settingsNote)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try ServeSettings(try await options.reader())
        let service = settings.service
        service.startLogging()
        let file = try ModelFile(path: settings.model.path)
        let weights = try LlamaModel(path: settings.model.path, gpuLayers: settings.gpuLayers)
        let engine = try EmbeddedEngine(
            model: weights, configuration: settings.engine, drawSeed: { .random(in: 0 ... .max) },
            now: { WallClock.now })
        let text = file.text(settings.model, contextTokens: engine.card.contextTokens)
        try await RunningService.run(service, text: text, engine: engine, workers: [engine.ordered]) { url in
            Greeting.showEngine(at: url, text, summary: weights.summary)
        }
    }
}
