import Fleet
import OpenAIAPI
import ServingModel
import Tokenization

/// Turns the bodies of requests that need embeddings into tokens. Stateless, so it runs on any thread.
struct EmbeddingPreparation: Sendable {
    let source: any EngineSource
    let texts: TextPreparation
    /// How long an embedding may take.
    let seconds: Double

    func embeddings(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedEmbedding {
        let request = try EmbeddingsRequest.decode(body, limits: texts.limits, engine: source.card.kind)
        try texts.check(request.model)
        let inputs = try inputs(request.inputs, param: "input", addsSpecials: request.addsSpecialTokens)
        let promptTokens = inputs.reduce(0) { $0 + $1.count }
        return prepared(inputs, param: "input", now: now) { vectors, _ throws(APIError) in
            var body: [UInt8] = []
            try EmbeddingsResponse(vectors, to: request, promptTokens: promptTokens).append(to: &body)
            return body
        }
    }

    func score(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedEmbedding {
        let request = try ScoreRequest.decode(body, limits: texts.limits, engine: source.card.kind)
        if let model = request.model { try texts.check(model) }
        let inputs = try inputs(request.inputs.map(PromptInput.text), param: "text_2", addsSpecials: true)
        let promptTokens = inputs.reduce(0) { $0 + $1.count }
        return prepared(inputs, param: "text_2", now: now) { [model = texts.model.id] vectors, id throws(APIError) in
            var body: [UInt8] = []
            ScoreResponse(
                id: "score-" + id, created: WallClock.secondsSince1970, model: model,
                scores: try request.scores(vectors), promptTokens: promptTokens
            ).append(to: &body)
            return body
        }
    }

    func rerank(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedEmbedding {
        let request = try RerankRequest.decode(body, limits: texts.limits, engine: source.card.kind)
        if let model = request.model { try texts.check(model) }
        let inputs = try inputs(request.inputs.map(PromptInput.text), param: "documents", addsSpecials: true)
        let promptTokens = inputs.reduce(0) { $0 + $1.count }
        return prepared(inputs, param: "documents", now: now) { [model = texts.model.id] vectors, id throws(APIError) in
            var body: [UInt8] = []
            RerankResponse(
                id: "rerank-" + id, model: model, results: try request.ranking(vectors), promptTokens: promptTokens
            ).append(to: &body)
            return body
        }
    }

    private func inputs(
        _ inputs: [PromptInput], param: String, addsSpecials: Bool
    ) throws(APIError) -> [[TokenID]] {
        var tokens: [[TokenID]] = []
        tokens.reserveCapacity(inputs.count)
        for input in inputs {
            switch input {
            case .tokens(let given):
                try texts.checkRange(given, param: param)
                tokens.append(given)
            case .text(let text):
                let encoded = texts.encode(text, addsSpecials: addsSpecials)
                guard !encoded.isEmpty else { throw .invalid(param, "a text of it has no tokens") }
                tokens.append(encoded)
            }
        }
        return tokens
    }

    private func prepared(
        _ inputs: [[TokenID]], param: String, now: Moment,
        body: @escaping @Sendable ([EmbeddingVector], String) throws(APIError) -> [UInt8]
    ) -> PreparedEmbedding {
        let requests = inputs.map { tokens in
            var request = EmbeddingRequest(id: RequestPreparation.newRequestID(), prompt: tokens)
            request.deadline = now.advanced(bySeconds: seconds)
            return request
        }
        return PreparedEmbedding(source: source, requests: requests, param: param, body: body)
    }
}
