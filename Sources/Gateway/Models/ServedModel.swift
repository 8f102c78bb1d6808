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
    /// Servers of the same API that requests can go on to; nil if there are none.
    let upstreams: WorkerPool?

    /// A model that is served as text by others, and by nothing else.
    package init(_ listing: ModelListing, upstreams: WorkerPool) {
        self.listing = listing
        self.upstreams = upstreams
        texts = nil
        backends = []
    }

    /// - Parameters:
    ///   - sources: empty to serve what needs no engine: tokenizing, counting, rendering.
    ///   - queueSeconds: how long a request may wait for the engine.
    package init(
        _ text: TextModel, sources: [any EngineSource], upstreams: WorkerPool? = nil, queueSeconds: Double
    ) {
        listing = text.listing
        self.upstreams = upstreams
        let texts = TextPreparation(model: text)
        self.texts = texts
        backends = sources.map { source in
            Backend(
                source: source,
                generation: RequestPreparation(source: source, texts: texts, queueSeconds: queueSeconds),
                embedding: EmbeddingPreparation(source: source, texts: texts, seconds: queueSeconds))
        }
    }

    /// Whether some engine could take a request: a model whose workers are all lost is still one of the gateway's.
    func canServe(_ now: Moment) -> Bool {
        backends.contains { $0.source.load(now) != nil } || upstreams?.load(now) != nil
    }

    /// Where a request goes.
    enum Destination {
        case tokens(Backend)
        case text(WorkerPool)
        case nowhere
    }

    /// Where the next request goes: to the kind whose least busy engine has the least outstanding work. If no engine
    /// could take it, some kind all the same, which says so.
    func destination(_ now: Moment) -> Destination {
        if backends.count + (upstreams == nil ? 0 : 1) > 1 {
            var best: (destination: Destination, load: WorkerLoad)?
            for backend in backends {
                if let load = backend.source.load(now), best.map({ load < $0.load }) ?? true {
                    best = (.tokens(backend), load)
                }
            }
            if let upstreams, let load = upstreams.load(now), best.map({ load < $0.load }) ?? true {
                best = (.text(upstreams), load)
            }
            if let best { return best.destination }
        }
        return backends.first.map { .tokens($0) } ?? upstreams.map { .text($0) } ?? .nowhere
    }
}
