/// The form that the output must have.
package indirect enum OutputConstraint: Sendable, Equatable {
    /// Any JSON object.
    case jsonObject
    /// JSON that a JSON Schema allows, as the schema's text.
    case jsonSchema(String)
    /// Calls of functions, as the model's own format writes them.
    case calls(CallConstraint)
}
