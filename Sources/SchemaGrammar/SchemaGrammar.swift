package import JSONBytes

/// Grammars, in the GBNF of llama.cpp's grammar sampler, for the JSON that a JSON Schema allows.
///
/// Every text that a grammar matches is valid under the schema, and it matches every valid document but for how it is
/// written: compact but for one space after colons and commas, members in the schema's order, additional ones last,
/// numbers of at most `SchemaLimits.digits` digits. `docs/json-schema.md` lists what is known. What constrains and
/// cannot be expressed is refused, never passed over.
///
/// The start rule is `root`. White space is bounded, since small models run on with it where it is not.
package struct SchemaGrammar {
    /// The grammar of a schema. Takes milliseconds at most for schemas within `SchemaLimits`.
    package static func grammar(for schema: JSONValue) throws(SchemaError) -> String {
        try SchemaCompiler.compile(try SchemaDocument(schema))
    }

    /// The grammar of any JSON object.
    package static let anyJSONObject: String = {
        do {
            return try grammar(for: ["type": "object"])
        } catch {
            preconditionFailure("the grammar of JSON itself is within the limits: \(error)")
        }
    }()
}
