extension OutputFormat {
    /// The table of formats for `docs/models.md`, in Markdown.
    ///
    /// - Parameter templates: For each format's name, the templates that tell it.
    package static func table(shownBy templates: [String: [String]]) -> String {
        var text = """
            | format | models | reasoning | calls | arguments | can be forced | templates that tell it |
            |---|---|---|---|---|---|---|

            """
        for format in all.sorted(by: { $0.name < $1.name }) {
            let columns = [
                code(format.name), format.models, format.syntax.reasoningColumn, format.syntax.callsColumn,
                format.syntax.argumentsColumn, format.forcedCall == nil ? "no" : "yes",
                templates[format.name]?.sorted().joined(separator: ", ") ?? "",
            ]
            text += "| " + columns.joined(separator: " | ") + " |\n"
        }
        return text
    }

    fileprivate static func code(_ text: String) -> String {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "⏎")
            .split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        return line.utf8.contains(UInt8(ascii: "`")) ? "`` \(line) ``" : "`\(line)`"
    }
}

extension FormatSyntax {
    fileprivate var reasoningColumn: String {
        if let channels {
            switch channels.dialect {
            case .harmony: return "channel `analysis`"
            case .recipient: return "messages to `self`"
            case .bareName: return ""
            }
        }
        return reasoning.map { "\(code($0.opens)) … \(code($0.closes))" } ?? ""
    }

    fileprivate var callsColumn: String {
        var marks = calls.map { block in
            block.isBare
                ? "the answer itself" : code(block.opens.isEmpty ? [block.itemOpen].compactMap(\.self) : block.opens)
        }
        if let channels, channels.dialect != .recipient { marks = ["a message to the function"] }
        return joined(marks)
    }

    fileprivate var argumentsColumn: String {
        let notations = calls.map { block in
            switch block.body {
            case .object(let object): object.isKeyedByName ? "JSON, keyed by name" : "JSON object with the name"
            case .named(let named):
                switch named.arguments {
                case .json: "JSON"
                case .literal(.python): "Python literals"
                case .literal(.gemma): "Gemma's literals"
                }
            case .tagged(let tagged):
                switch tagged.typeNote {
                case .none: "text in tags, typed by the schema"
                case .attribute: "text in tags, typed by an attribute"
                }
            case .nested: "elements in elements, typed by the schema"
            }
        }
        return joined(notations)
    }

    private func joined(_ texts: [String]) -> String {
        var unique: [String] = []
        for text in texts where !unique.contains(text) { unique.append(text) }
        return unique.joined(separator: ", ")
    }

    private func code(_ markers: [Marker]) -> String {
        markers.first.map { OutputFormat.code(String(decoding: $0.bytes, as: UTF8.self)) } ?? ""
    }
}
