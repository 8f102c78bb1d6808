package import ServingModel

/// How a model writes reasoning and tool calls.
package struct OutputFormat: Sendable, Equatable {
    /// What the format is called: `hermes`, `deepseek-v3.1`, `harmony`.
    package let name: String
    /// The models that write so, as people call them.
    package let models: String
    /// Texts of control tokens that the parser must see: the caller lets the detokenizer write these out, and no other
    /// control tokens.
    package let markers: [[UInt8]]
    /// What a forced call looks like, for constrained generation; nil where a grammar can't force it.
    package let forcedCall: CallConstraint.Frame?
    let syntax: FormatSyntax
    let markersWithCalls: TextMarkers
    let markersWithoutCalls: TextMarkers
    let callMarkers: [CallMarkers]
    /// What a template holds that teaches the format: every text of one of the lists.
    let templates: [[String]]
    /// Parts of model names, in small letters, that tell the format where no template does.
    let modelNames: [String]

    init(
        _ name: String, models: String, syntax: FormatSyntax, templates: [[String]], modelNames: [String] = [],
        forcedCall: CallConstraint.Frame? = nil
    ) {
        self.name = name
        self.models = models
        self.syntax = syntax
        self.templates = templates
        self.modelNames = modelNames
        self.forcedCall = forcedCall
        markers = syntax.controlTexts
        markersWithCalls = TextMarkers(syntax, withCalls: true)
        markersWithoutCalls = TextMarkers(syntax, withCalls: false)
        callMarkers = syntax.calls.map(CallMarkers.init)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name
    }
}

extension OutputFormat {
    /// The format of a model, by its own template, and only where that tells nothing, by its name or architecture.
    ///
    /// Nil where nothing is recognised: then text stays text. O(length of the template); meant to be called once.
    package static func choose(template: String?, modelName: String?, architecture: String?) -> OutputFormat? {
        if let template {
            let text = Array(template.utf8)
            let found = all.first { format in
                format.templates.contains { $0.allSatisfy { text.contains(Array($0.utf8)) } }
            }
            if let found { return found }
        }
        let names = [modelName, architecture].compactMap { $0?.lowercased() }
        return all.first { format in format.modelNames.contains { part in names.contains { $0.contains(part) } } }
    }

    /// The format of that name, for an option that overrides the choice.
    package static func named(_ name: String) -> OutputFormat? {
        all.first { $0.name == name }
    }

    /// Every format, in the order in which templates are looked at: the more telling first.
    package static var all: [OutputFormat] { OutputFormats.all }

    /// A call as bare JSON, `{"name": …, "parameters": …}`: for a forced call on a model without a format of its own.
    package static var plainJSON: OutputFormat { OutputFormats.plainJSON }
}

extension [UInt8] {
    /// Whether another text stands somewhere in this one.
    func contains(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return needle.isEmpty }
        return self[...(count - needle.count)].indices.contains {
            self[$0] == first && self[$0..<($0 + needle.count)].elementsEqual(needle)
        }
    }
}
