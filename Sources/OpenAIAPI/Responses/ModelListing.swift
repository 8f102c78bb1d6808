private import JSONBytes
package import ServingModel

/// One model as `GET /v1/models` describes it.
package struct ModelListing: Sendable, Equatable {
    package var model: ModelID
    /// Seconds since 1970.
    package var created: Int
    package var owner: String
    /// The most tokens of prompt and completion together, where that is known.
    package var contextTokens: Int?

    package init(model: ModelID, created: Int, owner: String, contextTokens: Int?) {
        self.model = model
        self.created = created
        self.owner = owner
        self.contextTokens = contextTokens
    }

    /// Appends the model as an object. Beside OpenAI's members it has vLLM's `max_model_len`.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 128)
        writer.raw(#"{"id":"#)
        writer.write(model.rawValue)
        writer.raw(#","object":"model","created":"#)
        writer.write(created)
        writer.raw(#","owned_by":"#)
        writer.write(owner)
        writer.raw(#","max_model_len":"#)
        if let contextTokens { writer.write(contextTokens) } else { writer.raw("null") }
        writer.raw("}")
        bytes += writer.bytes
    }

    /// Appends a list of models as `GET /v1/models` returns it.
    package static func append(_ models: [ModelListing], to bytes: inout [UInt8]) {
        bytes.append(#"{"object":"list","data":["#)
        for (index, model) in models.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            model.append(to: &bytes)
        }
        bytes.append("]}")
    }
}
