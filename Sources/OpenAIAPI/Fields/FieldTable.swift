/// What becomes of every field that a request may have, by endpoint and by kind of engine: the one list that decoding
/// and `docs/api-fields.md` follow. A field that is not in it is refused as unknown.
package enum FieldTable {
    /// An endpoint whose requests have a body.
    package enum Endpoint: String, CaseIterable, Sendable {
        case chatCompletions = "/v1/chat/completions"
        case completions = "/v1/completions"
        case embeddings = "/v1/embeddings"
        case score = "/v1/score"
        case rerank = "/v1/rerank"
        case tokenize = "/tokenize"
        case detokenize = "/detokenize"
        case abort = "/v1/abort"
        case flushCache = "/flush_cache"
        case startProfile = "/start_profile"
        case stopProfile = "/stop_profile"

        /// Whether its requests go to the engine of their model; the gateway answers the others alone.
        package var asksEngines: Bool {
            switch self {
            case .chatCompletions, .completions, .embeddings, .score, .rerank: true
            case .tokenize, .detokenize, .abort, .flushCache, .startProfile, .stopProfile: false
            }
        }

        /// Further paths of the same.
        package var aliases: [String] {
            switch self {
            case .score: ["/score"]
            case .rerank: ["/rerank", "/v2/rerank"]
            default: []
            }
        }
    }

    /// An endpoint's fields, in the order of the documentation.
    package static func fields(of endpoint: Endpoint) -> [Field] {
        switch endpoint {
        case .chatCompletions: chatFields
        case .completions: completionFields
        case .embeddings: embeddingFields
        case .score: scoreFields
        case .rerank: rerankFields
        case .tokenize: tokenizeFields
        case .detokenize: detokenizeFields
        case .abort: abortFields
        case .flushCache: flushCacheFields
        case .startProfile: startProfileFields
        case .stopProfile: stopProfileFields
        }
    }

    /// One field; nil if the endpoint knows none of this name. Expected O(1).
    static func field(_ name: String, at endpoint: Endpoint) -> Field? {
        switch endpoint {
        case .chatCompletions: chatIndex[name]
        case .completions: completionIndex[name]
        case .embeddings: embeddingIndex[name]
        case .score: scoreIndex[name]
        case .rerank: rerankIndex[name]
        case .tokenize: tokenizeIndex[name]
        case .detokenize: detokenizeIndex[name]
        case .abort: abortIndex[name]
        case .flushCache: flushCacheIndex[name]
        case .startProfile: startProfileIndex[name]
        case .stopProfile: stopProfileIndex[name]
        }
    }

    /// The limits that the notes name.
    static let limits = RequestLimits()

    private static let chatIndex = index(of: chatFields)
    private static let completionIndex = index(of: completionFields)
    private static let embeddingIndex = index(of: embeddingFields)
    private static let scoreIndex = index(of: scoreFields)
    private static let rerankIndex = index(of: rerankFields)
    private static let tokenizeIndex = index(of: tokenizeFields)
    private static let detokenizeIndex = index(of: detokenizeFields)
    private static let abortIndex = index(of: abortFields)
    private static let flushCacheIndex = index(of: flushCacheFields)
    private static let startProfileIndex = index(of: startProfileFields)
    private static let stopProfileIndex = index(of: stopProfileFields)

    private static func index(of fields: [Field]) -> [String: Field] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0) })
    }
}
