/// The form that the output must have.
package indirect enum OutputConstraint: Sendable, Equatable {
    /// Any JSON object.
    case jsonObject
    /// JSON that a JSON Schema allows, as the schema's text.
    case jsonSchema(String)
    /// Text that a grammar matches, in llama.cpp's GBNF with the start rule `root`.
    case grammar(String)
    /// Calls of functions, as the model's own format writes them.
    case calls(CallConstraint)
}
