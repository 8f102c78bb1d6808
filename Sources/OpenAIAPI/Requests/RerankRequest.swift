package import ServingModel

/// A request for documents in the order of their likeness to a query, in the shape of Jina's and Cohere's, as vLLM has
/// it.
package struct RerankRequest: Sendable, Equatable {
    /// Nil stands for the default model.
    package let model: ModelID?
    package let query: String
    /// At least one.
    package let documents: [String]
    /// How many of the best are returned; at least 1, at most all.
    package let count: Int
    package let returnsDocuments: Bool

    /// What is to be embedded: the query, then the documents.
    package var inputs: [String] { [query] + documents }

    /// The best documents, best first and of equals the earlier first. O(values of all vectors).
    ///
    /// Throws a 500 if the vectors are not as many as `inputs`, or not of as many dimensions each.
    package func ranking(_ vectors: [EmbeddingVector]) throws(APIError) -> [RankedDocument] {
        let scores = try ScoreRequest(model: model, texts: [query], others: documents).scores(vectors)
        // Not-a-number is like nothing at all.
        let order = scores.indices.sorted { left, right in
            let (leftScore, rightScore) = (scores[left], scores[right])
            return leftScore > rightScore || (rightScore.isNaN && !leftScore.isNaN)
        }
        return order.prefix(count).map { index in
            RankedDocument(index: index, score: scores[index], text: returnsDocuments ? documents[index] : nil)
        }
    }

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameter engine: what serves the model; not `http`, whose requests go on as they came.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits(), engine: EngineKind = .embedded
    ) throws(APIError) -> RerankRequest {
        let fields = try FieldReader(parsing: body, of: .rerank, for: engine, limits: limits)
        let model = try fields.nonEmptyString("model").map(ModelID.init)
        let query = try ScoredTexts.text(fields, "query")
        guard let documents = try ScoredTexts.decode(fields, "documents", limits: limits) else {
            throw .missing("documents")
        }
        let count = try fields.integer("top_n", in: 0...limits.tokens) ?? 0
        return RerankRequest(
            model: model, query: query, documents: documents,
            count: count == 0 ? documents.count : min(count, documents.count),
            returnsDocuments: try fields.bool("return_documents") ?? true)
    }
}
