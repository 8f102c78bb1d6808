import JSONBytes

/// A document of a ranking.
package struct RankedDocument: Sendable, Equatable {
    /// The place in the request's documents.
    package let index: Int
    package let score: Float
    /// Nil if the client does not want it back.
    package let text: String?

    /// Appends it as an object.
    func append(to writer: inout JSONWriter) {
        writer.raw(#"{"index":"#)
        writer.write(index)
        if let text {
            writer.raw(#","document":{"text":"#)
            writer.write(text)
            writer.raw("}")
        }
        writer.raw(#","relevance_score":"#)
        writer.bytes.append(shortest: score)
        writer.raw("}")
    }
}
