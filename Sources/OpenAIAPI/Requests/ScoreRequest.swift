package import ServingModel

/// A request for the likeness of texts, in vLLM's shape.
package struct ScoreRequest: Sendable, Equatable {
    /// Nil stands for the default model.
    package let model: ModelID?
    /// One, which is compared with all `others`, or as many as there are.
    package let texts: [String]
    /// At least one.
    package let others: [String]

    /// What is to be embedded: `texts`, then `others`.
    package var inputs: [String] { texts + others }

    /// The cosine of each pair, as vLLM scores with models that embed. O(values of all vectors).
    ///
    /// Throws a 500 if the vectors are not as many as `inputs`, or not of as many dimensions each.
    package func scores(_ vectors: [EmbeddingVector]) throws(APIError) -> [Float] {
        guard vectors.count == texts.count + others.count else { throw .serverError }
        var scores: [Float] = []
        scores.reserveCapacity(others.count)
        for (index, other) in vectors[texts.count...].enumerated() {
            guard let score = vectors[texts.count == 1 ? 0 : index].cosine(to: other) else { throw .serverError }
            scores.append(score)
        }
        return scores
    }

    /// The names that vLLM has for the two sides.
    private static let names = [
        ("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2"),
    ]

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameter engine: what serves the model; not `http`, whose requests go on as they came.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits(), engine: EngineKind = .embedded
    ) throws(APIError) -> ScoreRequest {
        let fields = try FieldReader(parsing: body, of: .score, for: engine, limits: limits)
        let model = try fields.nonEmptyString("model").map(ModelID.init)
        let (first, second) = try sides(fields)
        guard let texts = try ScoredTexts.decode(fields, first, limits: limits) else { throw .missing(first) }
        guard let others = try ScoredTexts.decode(fields, second, limits: limits) else { throw .missing(second) }
        guard texts.count == 1 || texts.count == others.count else {
            throw .invalid(
                second, "there are \(others.count) for \(texts.count) of '\(first)', which must be as many or one")
        }
        return ScoreRequest(model: model, texts: texts, others: others)
    }

    /// The names of the fields that a request has the texts in. Throws if it has more of them than two.
    private static func sides(_ fields: FieldReader) throws(APIError) -> (String, String) {
        var given: [String] = []
        for name in names.flatMap({ [$0, $1] }) where fields.value(name) != nil && !given.contains(name) {
            given.append(name)
        }
        let fitting = names.first { pair in given.allSatisfy { $0 == pair.0 || $0 == pair.1 } }
        guard let fitting else {
            throw .invalid(given.last ?? "text_2", "it cannot be given together with '\(given[0])'")
        }
        return fitting
    }
}
