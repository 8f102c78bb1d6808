import ArgumentParser

/// The part of the command line that all services with the embedded engine share.
struct EngineOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The GGUF model file to serve.")
    var model: String?

    @Option(name: .shortAndLong, help: "Threads that compute. (default: one less than the processor has)")
    var threads: String?

    @Option(help: "Layers on the accelerator, if the build has one. (default: all)")
    var gpuLayers: String?

    @Option(name: .shortAndLong, help: "The most tokens of one request. (default: the model's, at most 8192)")
    var context: String?

    @Option(help: "The most sequences that run at once. (default: 16)")
    var parallel: String?

    @Option(help: "Tokens whose KV is kept. (default: twice the context)")
    var cacheTokens: String?

    @Option(help: "About how long a step computes prompts while streams wait for it, in seconds. (default: 0.2)")
    var prefillSeconds: String?

    @Option(help: "The most prompt tokens computed in a step beside running streams. (default: 512)")
    var prefillBudget: String?

    @Option(help: "Requests that may wait. (default: 256)")
    var queue: String?

    @Option(help: "How long a request may wait, in seconds. (default: 60)")
    var queueSeconds: String?

    var given: [(key: SettingKey, value: String?)] {
        [
            (.model, model), (.threads, threads), (.gpuLayers, gpuLayers), (.context, context), (.parallel, parallel),
            (.cacheTokens, cacheTokens), (.prefillSeconds, prefillSeconds), (.prefillBudget, prefillBudget),
            (.queue, queue), (.queueSeconds, queueSeconds),
        ]
    }
}
