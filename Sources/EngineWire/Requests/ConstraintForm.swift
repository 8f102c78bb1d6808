import JSONBytes
import ServingModel

/// An output constraint as engines take it.
enum ConstraintForm: Equatable {
    case none
    case jsonObject
    /// A JSON Schema, as text.
    case jsonSchema(String)
    /// xgrammar's structural tag, as JSON.
    case structuralTag(String)

    /// For engines that have no word for any object.
    static let objectSchema = #"{"type":"object"}"#

    init(_ request: GenerationRequest) throws(EngineError) {
        switch (request.constraint, request.constraintTrigger) {
        case (nil, _): self = .none
        case (.jsonObject?, nil): self = .jsonObject
        case (.jsonSchema(let schema)?, nil): self = .jsonSchema(schema)
        case (let constraint?, let trigger):
            let format = try StructuralTag.format(of: constraint, from: trigger)
            let tag: JSONValue = ["type": "structural_tag", "format": format]
            self = .structuralTag(tag.text)
        }
    }
}
