package import Fleet
package import OpenAIAPI
import ServingModel

/// A model as the gateway serves it: the engines that generate, and what stands between them and text.
package struct ServedModel: Sendable {
    /// Engines of one kind, and how requests are made for them.
    struct Backend: Sendable {
        let source: any EngineSource
        let generation: RequestPreparation
        let embedding: EmbeddingPreparation
    }

    package let listing: ModelListing
    /// Nil if engines behind HTTP are all that serve the model: text goes in and text comes out, then.
    let texts: TextPreparation?
    /// One for each kind of engine that takes the model's tokens.
    let backends: [Backend]

    /// - Parameters:
    ///   - sources: empty to serve what needs no engine: tokenizing, counting, rendering.
    ///   - queueSeconds: how long a request may wait for the engine.
    package init(_ text: TextModel, sources: [any EngineSource], queueSeconds: Double) {
        listing = text.listing
        let texts = TextPreparation(model: text)
        self.texts = texts
        backends = sources.map { source in
            Backend(
                source: source,
                generation: RequestPreparation(source: source, texts: texts, queueSeconds: queueSeconds),
                embedding: EmbeddingPreparation(source: source, texts: texts, seconds: queueSeconds))
        }
    }

    /// Where the next request goes: to the kind whose least busy engine has the least outstanding work. If no engine
    /// could take it, some kind all the same, which says so; nil if there is none.
    func backend(_ now: Moment) -> Backend? {
        guard backends.count > 1 else { return backends.first }
        let loads = backends.map { $0.source.load(now) ?? .max }
        return loads.indices.min { loads[$0] < loads[$1] }.map { backends[$0] }
    }
}
