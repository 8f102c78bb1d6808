import ServingModel

/// A request whose constraint is being compiled.
struct AwaitedRequest {
    let request: GenerationRequest
    let consumer: any EventConsumer
    /// What the engine was told of the request meanwhile.
    var commands: [Command] = []
}
