/// The formats of strings that the output is held to; any other `format` is an annotation, as the specification has it.
enum StringFormat: String, CaseIterable {
    case date
    case time
    case dateTime = "date-time"
    case duration
    case uuid
    case ipv4
    case ipv6
    case email

    /// What it allows, for the documentation.
    var note: String {
        switch self {
        case .date: "RFC 3339 full-date, with the days that the month and year have"
        case .time: "RFC 3339 full-time, without leap seconds, at most 9 digits of a second's fraction"
        case .dateTime: "a date, `T` and a time"
        case .duration: "RFC 3339 appendix A, at most 6 digits a number"
        case .uuid: "RFC 9562"
        case .ipv4: "four decimal octets"
        case .ipv6: "RFC 3986 IPv6address"
        case .email: "a dot-atom of at most 62 characters at a host name of 2 or 3 labels"
        }
    }

    /// The content of the string, quotes not included. None of it needs escapes.
    func content(in builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        try builder.shared("format-" + rawValue) { builder throws(SchemaError) in
            switch self {
            case .date: Self.fullDate
            case .time: try Self.time(&builder)
            case .dateTime:
                .sequence([
                    try StringFormat.date.content(in: &builder), .text("T"),
                    try StringFormat.time.content(in: &builder),
                ])
            case .duration: try Self.duration(&builder)
            case .uuid: Self.joined([8, 4, 4, 4, 12].map { [.repeated(Self.hex, least: $0, most: $0)] }, by: "-")
            case .ipv4: try Self.ipv4(&builder)
            case .ipv6: try Self.ipv6(&builder)
            case .email: try Self.email(&builder)
            }
        }
    }

    private static let hex = GrammarExpression.oneOf("0123456789abcdefABCDEF")
    private static let twoDigits = GrammarExpression.repeated(.digit, least: 2, most: 2)

    private static func digits(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> GrammarExpression {
        .character(CharacterSet(first, last))
    }

    private static func joined(_ parts: [[GrammarExpression]], by separator: String) -> GrammarExpression {
        .sequence(Array(parts.joined(separator: [.text(separator)])))
    }

    /// A year is a leap year if its last two digits, or its first two where those are 00, are a multiple of 4.
    private static var fullDate: GrammarExpression {
        let multipleOf4 = [
            GrammarExpression.sequence([.text("0"), .oneOf("48")]),
            .sequence([.oneOf("2468"), .oneOf("048")]), .sequence([.oneOf("13579"), .oneOf("26")]),
        ]
        let leapYear = GrammarExpression.choice([
            .sequence([twoDigits, .choice(multipleOf4)]),
            .sequence([.choice(multipleOf4 + [.text("00")]), .text("00")]),
        ])
        let upTo28 = GrammarExpression.choice([
            .sequence([.text("0"), digits("1", "9")]), .sequence([.text("1"), .digit]),
            .sequence([.text("2"), digits("0", "8")]),
        ])
        let shortMonth = GrammarExpression.choice([.text("04"), .text("06"), .text("09"), .text("11")])
        let longMonth = GrammarExpression.choice(
            ["01", "03", "05", "07", "08", "10", "12"].map(GrammarExpression.text))
        return .choice([
            .sequence([
                .repeated(.digit, least: 4, most: 4), .text("-"),
                .choice([
                    .sequence([.text("02-"), upTo28]),
                    .sequence([shortMonth, .text("-"), .choice([upTo28, .text("29"), .text("30")])]),
                    .sequence([
                        longMonth, .text("-"), .choice([upTo28, .text("29"), .sequence([.text("3"), .oneOf("01")])]),
                    ]),
                ]),
            ]),
            .sequence([leapYear, .text("-02-29")]),
        ])
    }

    private static func time(_ builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        let hour = GrammarExpression.choice([
            .sequence([.oneOf("01"), .digit]), .sequence([.text("2"), digits("0", "3")]),
        ])
        let minute = GrammarExpression.sequence([digits("0", "5"), .digit])
        let fraction = GrammarExpression.sequence([.text("."), .repeated(.digit, least: 1, most: 9)])
        return .sequence([
            hour, .text(":"), minute, .text(":"), minute, try builder.optional(fraction),
            .choice([.text("Z"), .sequence([.oneOf("+-"), hour, .text(":"), minute])]),
        ])
    }

    private static func duration(_ builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        let number = GrammarExpression.repeated(.digit, least: 1, most: 6)
        /// Units that follow each other without a gap, from any one on.
        func run(_ units: [String]) throws(SchemaError) -> GrammarExpression {
            var following: GrammarExpression?
            var starts: [GrammarExpression] = []
            for unit in units.reversed() {
                var parts: [GrammarExpression] = [number, .text(unit)]
                if let following { parts.append(try builder.optional(following)) }
                let start = try builder.rule(.sequence(parts))
                starts.append(start)
                following = start
            }
            return .choice(starts)
        }
        let time = try builder.rule(.sequence([.text("T"), try run(["H", "M", "S"])]))
        let date = GrammarExpression.sequence([try run(["Y", "M", "D"]), try builder.optional(time)])
        return .sequence([.text("P"), .choice([date, time, .sequence([number, .text("W")])])])
    }

    private static func ipv4(_ builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        let octet = try builder.shared("octet") { _ in
            .choice([
                .digit, .sequence([digits("1", "9"), .digit]), .sequence([.text("1"), twoDigits]),
                .sequence([.text("2"), digits("0", "4"), .digit]), .sequence([.text("25"), digits("0", "5")]),
            ])
        }
        return joined(Array(repeating: [octet], count: 4), by: ".")
    }

    private static func ipv6(_ builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        let group = try builder.rule(.repeated(hex, least: 1, most: 4))
        let groupColon = try builder.rule(.sequence([group, .text(":")]))
        let last32 = try builder.rule(
            .choice([.sequence([groupColon, group]), try StringFormat.ipv4.content(in: &builder)]))
        /// Up to `most` groups before the two colons.
        func head(_ most: Int) throws(SchemaError) -> GrammarExpression {
            guard most > 0 else { return .empty }
            return try builder.optional(
                .sequence([.repeated(groupColon, least: 0, most: most - 1), group]))
        }
        var options: [GrammarExpression] = [.sequence([.repeated(groupColon, least: 6, most: 6), last32])]
        for before in 0...5 {
            let after = GrammarExpression.repeated(groupColon, least: 5 - before, most: 5 - before)
            options.append(.sequence([try head(before), .text("::"), after, last32]))
        }
        options.append(.sequence([try head(6), .text("::"), group]))
        options.append(.sequence([try head(7), .text("::")]))
        return .choice(options)
    }

    private static func email(_ builder: inout GrammarBuilder) throws(SchemaError) -> GrammarExpression {
        let letters = CharacterSet(ranges: [48...57, 65...90, 97...122])
        let extra = CharacterSet(ranges: "!#$%&'*+-/=?^_`{|}~".unicodeScalars.map { $0.value...$0.value })
        let atom = try builder.rule(.repeated(.character(letters.union(extra)), least: 1, most: 20))
        let dotAtom = try builder.rule(.sequence([.text("."), atom]))
        let inner = GrammarExpression.repeated(.character(letters.union(CharacterSet("-"))), least: 0, most: 61)
        let label = try builder.rule(
            .sequence([.character(letters), try builder.optional(.sequence([inner, .character(letters)]))]))
        let dotLabel = try builder.rule(.sequence([.text("."), label]))
        return .sequence([
            atom, .repeated(dotAtom, least: 0, most: 2), .text("@"), label, .repeated(dotLabel, least: 1, most: 2),
        ])
    }
}
