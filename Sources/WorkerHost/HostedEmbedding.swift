import EngineWire
import RPCTransport
import ServingModel

/// One Embed call.
final class HostedEmbedding: HostedExchange {
    private let call: RPCServerCall
    private let request: EmbeddingRequest
    private let outlet: HostOutlet
    private let engine: any Engine

    init(_ request: EmbeddingRequest, of call: RPCServerCall, _ engine: any Engine, _ outlet: HostOutlet) {
        self.call = call
        self.request = request
        self.engine = engine
        self.outlet = outlet
    }

    func start() {
        outlet.register(self, for: request.id)
        call.onCancelled = { [self] in
            engine.cancel(request.id, choice: nil)
            forget()
        }
        engine.embed(request, to: outlet)
    }

    func take(_ event: GenerationEvent) {
        forget()
        switch event {
        case .embedded(_, let vector):
            var answer = VLLMEmbedResponse()
            answer.embedding = vector
            answer.promptTokens = UInt32(request.prompt.count)
            answer.embeddingDim = UInt32(vector.count)
            call.answer(answer)
        // An engine that does not embed says so of the model.
        case .failed(_, .invalid(field: "model", let reason)): call.finish(RPCStatus(.unimplemented, reason))
        case .failed(_, let error): call.finish(error.status)
        default: call.finish(RPCStatus(.internal, "the engine answered an embedding with a generation"))
        }
    }

    func flush() {}

    private func forget() {
        outlet.forget(request.id)
        call.onCancelled = nil
    }
}
