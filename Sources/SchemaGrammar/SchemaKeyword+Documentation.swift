extension JSONGrammar {
    /// The text of `docs/json-schema.md`, from the same tables that decide.
    package static func documentation() -> String {
        func rows(_ treatment: SchemaKeyword.Treatment) -> String {
            SchemaKeyword.all.filter { $0.treatment == treatment }
                .map { "| `\($0.name)` | \($0.note) |\n" }.joined()
        }
        let formats = StringFormat.allCases.map { "| `\($0.rawValue)` | \($0.note) |\n" }.joined()
        let annotations = SchemaKeyword.all.filter { $0.treatment == .annotation }.map { "`\($0.name)`" }
        return """
            # JSON Schema

            `response_format: {"type": "json_schema", …}` holds the output to a JSON Schema, from its first token to
            its last: tokens that would leave the schema cannot be chosen. The rules below are those of draft 2020-12
            unless they say otherwise. This page is made from the code's tables
            (`DROVER_UPDATE_DOCS=1 swift test --filter SchemaDocumentationTests` rewrites it).

            Every finished output is valid under the schema. It is written compactly, with at most one space after a
            colon and after a comma; members come in the order in which the schema lists them; numbers have at most
            \(SchemaLimits.digits) digits before the point and as many behind it, and integers and bounded numbers no
            exponent. An object that lists `properties` and does not say `additionalProperties` has no others: the
            specification would allow any, and small models then invent members without end.

            ## Keywords that the output is held to

            | Keyword | Limits |
            |---|---|
            \(rows(.held))
            `pattern` knows literals, `.`, classes, `\\d \\D \\w \\W \\s \\S`, escapes of characters, groups, `|`, the
            quantifiers `* + ? {m} {m,} {m,n}` (lazy ones, too), and `^` and `$` at the ends of the whole pattern or of
            its alternatives. Look-around, back-references, `\\b` and `\\p` are refused.

            ## Formats that the output is held to

            | Format | Form |
            |---|---|
            \(formats)
            Any other `format` is an annotation, as in the specification.

            ## Refused

            A schema with one of these is answered with an error that names the keyword and its place.

            | Keyword | Instead |
            |---|---|
            \(rows(.refused))
            ## Annotations

            These constrain nothing and are passed over: \(annotations.joined(separator: ", ")). So are keywords that
            JSON Schema does not know, as the specification has it.

            ## Limits

            | Limit | At most |
            |---|---|
            | values in a schema | \(SchemaLimits.nodes) |
            | bytes in its keys and strings | \(SchemaLimits.textBytes) |
            | levels | \(SchemaLimits.depth) |
            | members of an `enum` | \(SchemaLimits.enumMembers) |
            | combinations of branches at one place | \(SchemaLimits.combinations) |
            | schemas and combinations to resolve | \(SchemaLimits.steps) |
            | members of an object | \(SchemaLimits.members) |
            | lengths, item counts and quantifiers | \(SchemaLimits.repetitions) |
            | bytes of a `pattern` | \(SchemaLimits.patternBytes) |
            | nested groups in a `pattern` | \(SchemaLimits.patternDepth) |
            | digits of a bound, before and behind the point | \(SchemaLimits.digits) |
            | rules of the grammar | \(SchemaLimits.rules) |
            | repetitions in the grammar, added up | \(SchemaLimits.writtenRepetitions) |
            | bytes of the grammar | \(SchemaLimits.grammarBytes) |

            """
    }
}
