package import Fleet
package import OpenAIAPI

/// A model as the gateway serves it: where it is generated, and what stands between that and text.
package struct ServedModel: Sendable {
    package let listing: ModelListing
    /// Nil if engines behind HTTP are all that serve the model: text goes in and text comes out, then.
    let texts: TextPreparation?
    /// Nil if no engine takes the model's tokens: texts are all that is served then.
    let generation: RequestPreparation?
    /// Nil without an engine.
    let embedding: EmbeddingPreparation?

    /// - Parameters:
    ///   - source: nil to serve what needs no engine: tokenizing, counting, rendering.
    ///   - queueSeconds: how long a request may wait for the engine.
    package init(_ text: TextModel, source: (any EngineSource)?, queueSeconds: Double) {
        listing = text.listing
        let texts = TextPreparation(model: text)
        self.texts = texts
        embedding = source.map { EmbeddingPreparation(source: $0, texts: texts, seconds: queueSeconds) }
        generation = source.map { RequestPreparation(source: $0, texts: texts, queueSeconds: queueSeconds) }
    }
}
