package import JSONBytes

/// Grammars, in the GBNF of llama.cpp's grammar sampler, for the JSON that a JSON Schema allows.
///
/// Every text that a grammar matches is valid under the schema; what constrains and cannot be expressed is refused,
/// never passed over. Not every valid document is matched: they are compact but for one space after colons and commas
/// (small models run on with white space that has no bound), members come in the schema's order and additional ones
/// last, numbers have at most `SchemaLimits.digits` digits, and objects that list properties are closed unless they say
/// otherwise. `docs/json-schema.md` has the details.
///
/// The start rule is `root`.
package enum JSONGrammar {
    /// The grammar of a schema. Takes less than a millisecond for common schemas, tens of them at the limits.
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
