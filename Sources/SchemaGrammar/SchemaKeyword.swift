/// What becomes of each keyword of JSON Schema; the documentation is made from this table.
struct SchemaKeyword {
    enum Treatment {
        /// The output is held to it.
        case held
        /// It constrains nothing.
        case annotation
        /// It constrains and is not expressed by a grammar.
        case refused
    }

    let name: String
    let treatment: Treatment
    /// For `held`, the limits of it; for `refused`, what to do instead.
    let note: String

    /// The keyword of this name; nil for names that JSON Schema does not know, which it takes for annotations.
    static func named(_ name: String) -> SchemaKeyword? {
        byName[name]
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static let all: [SchemaKeyword] =
        held.map { SchemaKeyword(name: $0.0, treatment: .held, note: $0.1) }
        + refused.map { SchemaKeyword(name: $0.0, treatment: .refused, note: $0.1) }
        + annotations.map { SchemaKeyword(name: $0, treatment: .annotation, note: "") }

    private static let held = [
        ("type", "one type or several"),
        ("enum", "each member in its compact text"),
        ("const", "in its compact text"),
        ("properties", "members come in the order in which the schema lists them"),
        ("required", "names that `properties` does not list come after those that it does"),
        (
            "additionalProperties",
            "additional members come last; where it is absent, an object whose properties are listed has no others"
        ),
        ("items", "one schema for all items after those of `prefixItems`"),
        ("prefixItems", ""),
        ("minItems", ""),
        ("maxItems", ""),
        ("minLength", "counts code points; not beside `pattern` or a `format` that is held"),
        ("maxLength", "as `minLength`"),
        ("pattern", "one, of a subset of ECMA-262: see below"),
        ("format", "those that are listed below; others are annotations"),
        ("minimum", "exact by digits; a bounded number is written without an exponent"),
        ("maximum", "as `minimum`"),
        ("exclusiveMinimum", "a number, as `minimum`"),
        ("exclusiveMaximum", "a number, as `minimum`"),
        ("multipleOf", "only 1, and for integers"),
        ("anyOf", ""),
        ("oneOf", "only where the branches provably exclude each other: by type, by value, or by a required property"),
        ("allOf", "the constraints of all its schemas together"),
        ("$ref", "within the schema: `#` and `#/…`; recursive ones, too; siblings hold as well"),
        ("$defs", "for `$ref`"),
        ("definitions", "for `$ref`"),
        ("nullable", "OpenAPI 3.0: adds null to `type`"),
        ("uniqueItems", "only false"),
        ("minProperties", "only 0"),
        ("minContains", "without `contains` it constrains nothing"),
        ("maxContains", "without `contains` it constrains nothing"),
    ]

    private static let refused = [
        ("patternProperties", "list the names in properties, or constrain additionalProperties"),
        ("propertyNames", "list the names in properties"),
        ("maxProperties", "list the properties and set additionalProperties to false"),
        ("dependentRequired", "use anyOf with a branch for each case"),
        ("dependentSchemas", "use anyOf with a branch for each case"),
        ("dependencies", "use anyOf with a branch for each case"),
        ("unevaluatedProperties", "use additionalProperties"),
        ("unevaluatedItems", "use items"),
        ("additionalItems", "use prefixItems and items"),
        ("contains", "constrain items"),
        ("not", "describe what is allowed"),
        ("if", "use anyOf with a branch for each case"),
        ("then", "use anyOf with a branch for each case"),
        ("else", "use anyOf with a branch for each case"),
        ("$dynamicRef", "use $ref"),
        ("$recursiveRef", "use $ref"),
    ]

    private static let annotations = [
        "$anchor", "$comment", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema", "$vocabulary",
        "contentEncoding", "contentMediaType", "contentSchema", "default", "deprecated", "description",
        "discriminator", "example", "examples", "externalDocs", "readOnly", "title", "writeOnly", "xml",
    ]
}
