package import JSONBytes

/// What becomes of every field that a request may have, by endpoint: the one list that decoding and
/// `docs/api-fields.md` follow. A field that is not in it is refused as unknown.
package enum FieldTable {
    /// What the server does with a field.
    package enum Treatment: Sendable, Equatable {
        /// Decoded; what it does and the values it may have.
        case honoured(String)
        /// Accepted without effect, because none is needed.
        case ignored(String)
        /// Refused with a 400 that gives the reason, unless the value is one of those listed or null.
        case refused(String, unless: [JSONValue] = [])
    }

    /// One field of one endpoint. Members of objects are named by path; `[]` stands for any index.
    package struct Field: Sendable {
        package let name: String
        package let treatment: Treatment

        init(_ name: String, _ treatment: Treatment) {
            self.name = name
            self.treatment = treatment
        }
    }

    /// An endpoint whose requests have a body.
    package enum Endpoint: String, CaseIterable, Sendable {
        case chatCompletions = "/v1/chat/completions"
        case completions = "/v1/completions"
        case tokenize = "/tokenize"
        case detokenize = "/detokenize"
    }

    /// An endpoint's fields, in the order of the documentation.
    package static func fields(of endpoint: Endpoint) -> [Field] {
        switch endpoint {
        case .chatCompletions: chatFields
        case .completions: completionFields
        case .tokenize: tokenizeFields
        case .detokenize: detokenizeFields
        }
    }

    /// What becomes of one field; nil if the endpoint knows no such field. Expected O(1).
    static func treatment(of name: String, at endpoint: Endpoint) -> Treatment? {
        switch endpoint {
        case .chatCompletions: chatIndex[name]
        case .completions: completionIndex[name]
        case .tokenize: tokenizeIndex[name]
        case .detokenize: detokenizeIndex[name]
        }
    }

    /// The limits that the notes name.
    static let limits = RequestLimits()

    private static let chatIndex = index(of: chatFields)
    private static let completionIndex = index(of: completionFields)
    private static let tokenizeIndex = index(of: tokenizeFields)
    private static let detokenizeIndex = index(of: detokenizeFields)

    private static func index(of fields: [Field]) -> [String: Treatment] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.treatment) })
    }
}
