/// Rules for values of which a schema says nothing but the type. White space is at most one space after a colon or a comma.
extension GrammarBuilder {
    /// At most one space. More would let a small model go on with white space for ever.
    static let space = GrammarExpression.repeated(.text(" "), least: 0, most: 1)
    static let comma = GrammarExpression.sequence([.text(","), space])

    /// Any value.
    mutating func value(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        try shared(spelling.prefix + "value") { builder throws(SchemaError) in
            .choice([
                try builder.object(spelling), try builder.array(spelling), try builder.string(spelling),
                try builder.number(), .text(spelling.words.yes), .text(spelling.words.no), .text(spelling.words.null),
            ])
        }
    }

    /// Any object.
    mutating func object(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        try shared(spelling.prefix + "object") { builder throws(SchemaError) in
            let member = try builder.shared(spelling.prefix + "member") { builder throws(SchemaError) in
                .sequence([try builder.key(spelling), .text(":"), Self.space, try builder.value(spelling)])
            }
            return try builder.list(of: member, open: "{", close: "}")
        }
    }

    /// Any array.
    mutating func array(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        try shared(spelling.prefix + "array") { builder throws(SchemaError) in
            try builder.list(of: try builder.value(spelling), open: "[", close: "]")
        }
    }

    private mutating func list(
        of item: GrammarExpression, open: String, close: String
    ) throws(SchemaError) -> GrammarExpression {
        let next = try rule(.sequence([Self.comma, item]))
        let items = try optional(.sequence([item, .repeated(next, least: 0, most: nil)]))
        return .sequence([.text(open), items, .text(close)])
    }

    /// Any key.
    private mutating func key(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        guard spelling.hasBareKeys else { return try string(spelling) }
        return .repeated(.character(ValueSpelling.nameCharacters), least: 1, most: SchemaLimits.keyCharacters)
    }

    /// Any string without unpaired surrogates.
    mutating func string(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        try shared(spelling.prefix + "string") { builder throws(SchemaError) in
            if case .plain(let text) = spelling.strings, !text.isSimple {
                return .sequence([.text(text.open), try builder.text(upTo: text.end, mark: text.mark)])
            }
            let character = try builder.stringCharacter(spelling)
            let ends = spelling.strings.ends
            return .sequence([ends.open, .repeated(character, least: 0, most: nil), ends.close])
        }
    }

    /// One code point within a string, as it is or escaped.
    ///
    /// Escapes of surrogates are left out: a pair would be one code point but two of this, and an unpaired one none.
    mutating func stringCharacter(_ spelling: ValueSpelling) throws(SchemaError) -> GrammarExpression {
        guard case .quoted(_, let hasEscapedSolidus) = spelling.strings else {
            return .character(spelling.strings.plain)
        }
        return try shared(spelling.prefix + "char") { _ in
            let hex = CharacterSet(ranges: [48...57, 65...70, 97...102])
            let letterD = CharacterSet(ranges: [68...68, 100...100])
            return .choice([
                .character(spelling.strings.plain),
                .sequence([.text("\\"), .oneOf(hasEscapedSolidus ? "\"\\/bfnrt" : "\"\\bfnrt")]),
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
