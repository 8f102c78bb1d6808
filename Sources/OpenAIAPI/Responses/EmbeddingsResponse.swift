private import JSONBytes
package import ServingModel

/// The vectors of a request's inputs, in OpenAI's shape.
package struct EmbeddingsResponse: Sendable, Equatable {
    package let model: ModelID
    /// In the order of the inputs.
    package let vectors: [EmbeddingVector]
    package let encoding: EmbeddingsRequest.Encoding
    package let promptTokens: Int

    /// Shortens the vectors if the request asks for it.
    ///
    /// Throws a 400 if it asks for more dimensions than they have.
    package init(
        _ vectors: [EmbeddingVector], to request: EmbeddingsRequest, promptTokens: Int
    ) throws(APIError) {
        model = request.model
        encoding = request.encoding
        self.promptTokens = promptTokens
        guard let dimensions = request.dimensions else {
            self.vectors = vectors
            return
        }
        var shortened: [EmbeddingVector] = []
        shortened.reserveCapacity(vectors.count)
        for vector in vectors {
            guard let short = vector.shortened(to: dimensions) else {
                throw .invalid("dimensions", "it is \(dimensions), and this model has \(vector.values.count)")
            }
            shortened.append(short)
        }
        self.vectors = shortened
    }

    /// Appends the body. O(values).
    package func append(to bytes: inout [UInt8]) {
        // Reserved once for all: a reservation for each vector would copy the whole of what is there each time.
        let values = vectors.reduce(0) { $0 + $1.values.count }
        bytes.reserveCapacity(bytes.count + values * encoding.bytesPerValue + (vectors.count + 1) * 96)
        bytes.append(#"{"object":"list","data":["#)
        for (index, vector) in vectors.enumerated() {
            bytes.append(index == 0 ? #"{"object":"embedding","index":"# : #",{"object":"embedding","index":"#)
            bytes.append(decimal: index)
            bytes.append(#","embedding":"#)
            switch encoding {
            case .float: bytes.append(vector.values)
            case .base64:
                bytes.append("\"")
                bytes.append(base64: vector.values)
                bytes.append("\"")
            }
            bytes.append("}")
        }
        var writer = JSONWriter(reserving: 64)
        writer.write(model.rawValue)
        bytes.append(#"],"model":"#)
        bytes += writer.bytes
        bytes.append(#","usage":"#)
        bytes.append(promptUsage: promptTokens)
        bytes.append("}")
    }
}
