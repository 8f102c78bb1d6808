import OpenAIAPI
package import ServingModel
import Synchronization

/// The models that the gateway serves at present. Workers bring models and take them away; a request keeps the one that
/// it began with.
package final class ModelCatalog: Sendable {
    private struct Entries {
        var byID: [ModelID: ServedModel] = [:]
        /// In the order in which they came.
        var order: [ModelID] = []
    }

    private let entries: Mutex<Entries>

    package init(_ models: [ServedModel] = []) {
        entries = Mutex(Entries())
        for model in models { put(model) }
    }

    /// Adds a model, or replaces the one of the same name.
    package func put(_ model: ServedModel) {
        entries.withLock { entries in
            let id = model.listing.model
            if entries.byID.updateValue(model, forKey: id) == nil { entries.order.append(id) }
        }
    }

    package func remove(_ id: ModelID) {
        entries.withLock { entries in
            entries.byID[id] = nil
            entries.order.removeAll { $0 == id }
        }
    }

    func model(_ id: ModelID) -> ServedModel? { entries.withLock { $0.byID[id] } }

    /// All models, in the order in which they came.
    package var all: [ServedModel] {
        entries.withLock { entries in entries.order.compactMap { entries.byID[$0] } }
    }

    /// The model that a request's body asks for. Of a body that names none that is served it throws what is wrong, but
    /// for malformed JSON and values of the wrong type, which are left to the decoder.
    func model(for body: [UInt8]) throws(APIError) -> ServedModel {
        let (sole, first) = entries.withLock { entries in
            let first = entries.order.first.flatMap { entries.byID[$0] }
            return (entries.order.count == 1 ? first : nil, first)
        }
        if let sole { return sole }
        guard let named = RequestPeek(body)?.model else {
            guard let first else { throw .modelNotFound(ModelID("")) }
            return first
        }
        guard let model = model(named) else { throw .modelNotFound(named) }
        return model
    }
}
