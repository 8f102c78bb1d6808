import ArgumentParser

/// The command line: one file a subcommand.
@main
struct Drover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drover",
        abstract: "Serves language models: a gateway, its engines and their KV cache.",
        subcommands: [
            ServeCommand.self, GatewayCommand.self, WorkerCommand.self, ChatCommand.self, TokenizerCommand.self,
            TokenizeCommand.self, ConvertCommand.self, KVEventsCommand.self, MockEngineCommand.self,
        ])
}
