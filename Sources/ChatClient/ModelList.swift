import JSONBytes

/// The answer to `GET /models`.
package enum ModelList {
    /// The ids of the models, in the server's order.
    ///
    /// - Throws: `ChatFailure.malformed`.
    package static func parse(_ bytes: [UInt8]) throws(ChatFailure) -> [String] {
        guard let models = try? JSONValue(parsing: bytes).object?["data"]?.array else {
            throw .malformed("the list of models is no JSON object with an array 'data'")
        }
        return models.compactMap { $0.object?["id"]?.string }
    }
}
