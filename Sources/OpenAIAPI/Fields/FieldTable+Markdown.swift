import JSONBytes

extension FieldTable {
    /// The table as `docs/api-fields.md`.
    package static var markdown: String {
        var text = """
            # Request fields

            Generated from `FieldTable`, which decoding follows, by
            `DROVER_UPDATE_DOCS=1 swift test --filter FieldTableTests`.

            `null` is the same as absent. A refused field is answered with status 400 and its name, and so is a field
            that is not listed. *Ignored* fields are accepted without effect.

            """
        for endpoint in Endpoint.allCases {
            text += "\n## POST \(endpoint.rawValue)\n\n| field | treatment | |\n|---|---|---|\n"
            for field in fields(of: endpoint) { text += row(field) }
        }
        return text
    }

    private static func row(_ field: Field) -> String {
        let (treatment, note) =
            switch field.treatment {
            case .honoured(let note): ("honoured", note)
            case .ignored(let reason): ("ignored", reason)
            case .refused(let reason, let allowed) where allowed.isEmpty: ("refused", reason)
            case .refused(let reason, let allowed):
                ("refused unless " + allowed.map { "`\($0.text)`" }.joined(separator: " or "), reason)
            }
        return "| `\(field.name)` | \(treatment) | \(note) |\n"
    }
}
