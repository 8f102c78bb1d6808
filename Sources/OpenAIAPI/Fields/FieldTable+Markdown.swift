import JSONBytes
import ServingModel

extension FieldTable {
    /// The table as `docs/api-fields.md`.
    package static var markdown: String {
        var text = """
            # Request fields

            Generated from `FieldTable`, which decoding follows, by
            `DROVER_UPDATE_DOCS=1 swift test --filter FieldTableTests`.

            `null` is the same as absent. A refused field is answered with status 400 and its name, and so is a field
            that is not listed. *Ignored* fields are accepted without effect. *Honoured* ones have the effect that the
            note gives, whatever engine serves the model, but for those in the table of engines below. An engine that a
            field is *translated* for is asked for the same in other words; what is *emulated*, the gateway does in its
            stead; of what it does *nearly* the difference is given; and what it does not do is *refused* with status
            400, the names of field and engine, and the reason.

            An engine over HTTP gets a request as it came, fields that are not listed among them, and answers for them
            itself. The gateway only puts in the engine's own name of the model, and asks streams for their usage.

            """
        for endpoint in Endpoint.allCases { text += section(endpoint) }
        return text
    }

    private static func section(_ endpoint: Endpoint) -> String {
        var text = "\n## POST \(endpoint.rawValue)\n\n"
        if !endpoint.aliases.isEmpty {
            text += "Also " + endpoint.aliases.map { "`\($0)`" }.joined(separator: " and ") + ".\n\n"
        }
        text += "| field | treatment | |\n|---|---|---|\n"
        let fields = fields(of: endpoint)
        for field in fields { text += row(field) }
        return endpoint.asksEngines ? text + engineTable(fields, at: endpoint) : text
    }

    /// The fields that engines treat differently, by engine; empty if there are none.
    private static func engineTable(_ fields: [Field], at endpoint: Endpoint) -> String {
        let conditions = combinations.filter { $0.endpoints.contains(endpoint) }
        let different = fields.filter { field in
            !field.differences.isEmpty || conditions.contains { $0.param == field.name }
        }
        guard !different.isEmpty else { return "" }
        let engines = EngineKind.allCases.filter { $0 != .http }
        var text = "\n| field |" + engines.map { " \($0.title) |" }.joined() + "\n|---|"
        text += engines.map { _ in "---|" }.joined() + "\n"
        for field in different {
            text += "| `\(field.name)` |"
            for engine in engines {
                let refusals = conditions.filter { $0.param == field.name && $0.engines.contains(engine) }
                    .map { "refused \($0.condition): \($0.reason)" }
                let support = field.support(by: engine)
                let phrases = (support == .honoured && !refusals.isEmpty ? [] : [phrase(of: support)]) + refusals
                text += " \(phrases.joined(separator: "; ")) |"
            }
            text += "\n"
        }
        return text
    }

    private static func row(_ field: Field) -> String {
        let (treatment, note) =
            switch field.treatment {
            case .honoured(let note): ("honoured", note)
            case .ignored(let reason): ("ignored", reason)
            case .refused(let reason, let allowed): (refusal(unless: allowed), reason)
            }
        return "| `\(field.name)` | \(treatment) | \(note) |\n"
    }

    private static func refusal(unless allowed: [JSONValue]) -> String {
        if allowed.isEmpty { return "refused" }
        return "refused unless " + allowed.map { "`\($0.text)`" }.joined(separator: " or ")
    }

    private static func phrase(of support: Support) -> String {
        switch support {
        case .honoured: "honoured"
        case .translated(let note): "translated: \(note)"
        case .emulated(let note): "emulated: \(note)"
        case .approximated(let note): "nearly: \(note)"
        case .refused(let reason, let allowed): "\(refusal(unless: allowed)): \(reason)"
        }
    }
}
