import Fleet
import OpenAIAPI
import ServingModel

/// Texts as tokens, to be embedded, and what becomes of the vectors.
struct PreparedEmbedding: Sendable {
    let source: any EngineSource
    let requests: [EmbeddingRequest]
    /// The request's field that bore the texts.
    let param: String
    /// Makes the answer's body of the vectors, which are in the order of the requests.
    ///
    /// - Parameter id: the response's name, without a prefix.
    let body: @Sendable (_ vectors: [EmbeddingVector], _ id: String) throws(APIError) -> [UInt8]
}
