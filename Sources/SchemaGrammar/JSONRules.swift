/// Rules for JSON itself. White space is at most one space after a colon and after a comma.
extension GrammarBuilder {
    /// At most one space. More would let a small model go on with white space for ever.
    static let space = GrammarExpression.repeated(.text(" "), least: 0, most: 1)
    static let comma = GrammarExpression.sequence([.text(","), space])

    /// Any JSON value.
    mutating func value() throws(SchemaError) -> GrammarExpression {
        try shared("value") { builder throws(SchemaError) in
            .choice([
                try builder.object(), try builder.array(), try builder.string(), try builder.number(),
                .text("true"), .text("false"), .text("null"),
            ])
        }
    }

    /// Any JSON object.
    mutating func object() throws(SchemaError) -> GrammarExpression {
        try shared("object") { builder throws(SchemaError) in
            let member = try builder.shared("member") { builder throws(SchemaError) in
                .sequence([try builder.string(), .text(":"), Self.space, try builder.value()])
            }
            return try builder.list(of: member, open: "{", close: "}")
        }
    }

    /// Any JSON array.
    mutating func array() throws(SchemaError) -> GrammarExpression {
        try shared("array") { builder throws(SchemaError) in
            try builder.list(of: try builder.value(), open: "[", close: "]")
        }
    }

    private mutating func list(
        of item: GrammarExpression, open: String, close: String
    ) throws(SchemaError) -> GrammarExpression {
        let next = try rule(.sequence([Self.comma, item]))
        let items = try optional(.sequence([item, .repeated(next, least: 0, most: nil)]))
        return .sequence([.text(open), items, .text(close)])
    }

    /// Any JSON string without unpaired surrogates.
    mutating func string() throws(SchemaError) -> GrammarExpression {
        try shared("string") { builder throws(SchemaError) in
            .sequence([
                .text("\""), .repeated(try builder.stringCharacter(), least: 0, most: nil), .text("\""),
            ])
        }
    }

    /// One code point within a JSON string, as it is or escaped.
    ///
    /// Escapes of surrogates are left out: a pair would be one code point but two of this, and an unpaired one none.
    mutating func stringCharacter() throws(SchemaError) -> GrammarExpression {
        try shared("char") { _ in
            let hex = CharacterSet(ranges: [48...57, 65...70, 97...102])
            let letterD = CharacterSet(ranges: [68...68, 100...100])
            return .choice([
                .character(StringContent.plain),
                .sequence([.text("\\"), .oneOf("\"\\/bfnrt")]),
                .sequence([
                    .text("\\u"), .character(hex.subtracting(letterD)),
                    .repeated(.character(hex), least: 3, most: 3),
                ]),
                .sequence([
                    .text("\\u"), .character(letterD), .character(CharacterSet("0", "7")),
                    .repeated(.character(hex), least: 2, most: 2),
                ]),
            ])
        }
    }

    /// Any JSON number, of a bounded number of digits.
    mutating func number() throws(SchemaError) -> GrammarExpression {
        try shared("number") { builder throws(SchemaError) in
            let digits = GrammarExpression.repeated(.digit, least: 1, most: SchemaLimits.digits)
            let exponent = GrammarExpression.sequence([
                .oneOf("eE"), .repeated(.oneOf("+-"), least: 0, most: 1), .repeated(.digit, least: 1, most: 2),
            ])
            return .sequence([
                .repeated(.text("-"), least: 0, most: 1), Self.wholeNumber,
                try builder.optional(.sequence([.text("."), digits])), try builder.optional(exponent),
            ])
        }
    }

    /// Any JSON integer, of a bounded number of digits, without fraction or exponent.
    mutating func integer() throws(SchemaError) -> GrammarExpression {
        try shared("integer") { _ in .sequence([.repeated(.text("-"), least: 0, most: 1), Self.wholeNumber]) }
    }

    private static let wholeNumber = GrammarExpression.choice([
        .text("0"),
        .sequence([
            .character(CharacterSet("1", "9")), .repeated(.digit, least: 0, most: SchemaLimits.digits - 1),
        ]),
    ])
}
