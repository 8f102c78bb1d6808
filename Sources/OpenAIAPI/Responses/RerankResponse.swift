private import JSONBytes
package import ServingModel

/// A ranking of documents, in the shape of Jina's and Cohere's, as vLLM has it.
package struct RerankResponse: Sendable, Equatable {
    /// The response's name, with its prefix: `rerank-…`.
    package var id: String
    package var model: ModelID
    /// Best first.
    package var results: [RankedDocument]
    package var promptTokens: Int

    package init(id: String, model: ModelID, results: [RankedDocument], promptTokens: Int) {
        self.id = id
        self.model = model
        self.results = results
        self.promptTokens = promptTokens
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 256)
        writer.raw(#"{"id":"#)
        writer.write(id)
        writer.raw(#","model":"#)
        writer.write(model.rawValue)
        writer.raw(#","usage":"#)
        writer.bytes.append(promptUsage: promptTokens)
        writer.raw(#","results":["#)
        for (rank, result) in results.enumerated() {
            if rank > 0 { writer.raw(",") }
            result.append(to: &writer)
        }
        writer.raw("]}")
        bytes += writer.bytes
    }
}
