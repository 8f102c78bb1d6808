private import JSONBytes
package import ServingModel

/// The likeness of pairs of texts, in vLLM's shape.
package struct ScoreResponse: Sendable, Equatable {
    /// The response's name, with its prefix: `score-…`.
    package var id: String
    /// Seconds since 1970.
    package var created: Int
    package var model: ModelID
    package var scores: [Float]
    package var promptTokens: Int

    package init(id: String, created: Int, model: ModelID, scores: [Float], promptTokens: Int) {
        self.id = id
        self.created = created
        self.model = model
        self.scores = scores
        self.promptTokens = promptTokens
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 256 + scores.count * 64)
        writer.raw(#"{"id":"#)
        writer.write(id)
        writer.raw(#","object":"list","created":"#)
        writer.write(created)
        writer.raw(#","model":"#)
        writer.write(model.rawValue)
        writer.raw(#","data":["#)
        for (index, score) in scores.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw(#"{"index":"#)
            writer.write(index)
            writer.raw(#","object":"score","score":"#)
            writer.bytes.append(shortest: score)
            writer.raw("}")
        }
        writer.raw(#"],"usage":"#)
        writer.bytes.append(promptUsage: promptTokens)
        writer.raw("}")
        bytes += writer.bytes
    }
}
