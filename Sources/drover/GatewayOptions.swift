import ArgumentParser

/// The command line of `drover gateway`. An option that is not given leaves the setting to the environment and the
/// file.
struct GatewayOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: """
            A worker: grpc://host:port, grpcs://host:port or unix:/path for vLLM, SGLang, TensorRT-LLM or drover \
            worker, http://host:port or https://host:port for any server of the OpenAI API. May be given several times.
            """)
    var worker: [String] = []

    @Option(
        help: """
            The model's tokenizer and chat template: a Hugging Face folder or a GGUF file. (default: what the worker \
            names or sends)
            """)
    var modelPath: String?

    @Option(help: "The certificates that workers are trusted by, as a PEM file. (default: the system's)")
    var workerCA: String?

    @Option(help: "The certificate that workers are shown, as a PEM file.")
    var workerCertificate: String?

    @Option(help: "The key of --worker-certificate, as a PEM file.")
    var workerKey: String?

    @Option(help: "What workers behind HTTP are sent as a bearer token; the environment is a better place for it.")
    var workerAPIKey: String?

    @Option(help: "How often workers are asked how they are, in seconds. (default: 1)")
    var checkSeconds: String?

    @Option(help: "How long a request may wait for its first token, in seconds. (default: 600)")
    var firstTokenSeconds: String?

    @Option(help: "How long a running request may go without a token, in seconds. (default: 300)")
    var silenceSeconds: String?

    @OptionGroup var service: ServiceOptions

    func reader() async throws -> SettingReader {
        try await service.reader(with: [
            (.workers, worker.isEmpty ? nil : worker.joined(separator: ",")), (.modelPath, modelPath),
            (.workerCa, workerCA), (.workerCertificate, workerCertificate), (.workerKey, workerKey),
            (.workerApiKey, workerAPIKey),
            (.checkSeconds, checkSeconds), (.firstTokenSeconds, firstTokenSeconds), (.silenceSeconds, silenceSeconds),
        ])
    }
}
