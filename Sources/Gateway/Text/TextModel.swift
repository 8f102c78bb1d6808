package import ChatTemplates
package import OpenAIAPI
package import OutputParsing
import ServingModel
package import Tokenization

/// What turns requests into a model's tokens and its tokens into text; all of it but the engine.
package struct TextModel: Sendable {
    package let tokenizer: any Tokenizer
    /// Encodes chats, which mostly begin like the one before.
    let promptCache: PromptCache
    /// Nil if the model has none: chat is refused then.
    package let template: ChatTemplate?
    /// How the model writes reasoning and tool calls; nil if that is not known, and then its text stays text.
    package let format: OutputFormat?
    package let listing: ModelListing
    /// What the template makes of tools; nil if there is no template.
    let traits: TemplateTraits?
    /// Control tokens that the format's parser has to see.
    let markers: Set<TokenID>

    /// Probes the template and looks the format's markers up: some milliseconds.
    package init(
        tokenizer: any Tokenizer, template: ChatTemplate?, format: OutputFormat?, listing: ModelListing
    ) {
        self.tokenizer = tokenizer
        promptCache = PromptCache(tokenizer, bytesMax: Self.promptCacheBytesMax)
        self.template = template
        self.format = format
        self.listing = listing
        let strings = Self.templateStrings(tokenizer.vocabulary)
        templateStrings = strings
        traits = template.map { TemplateTraits(probing: $0, trusted: strings) }
        let names = (format?.markers ?? []).map { String(decoding: $0, as: UTF8.self) }
        markers = Set(names.compactMap(tokenizer.vocabulary.token))
    }

    private static let promptCacheBytesMax = 64 << 20

    var id: ModelID { listing.model }

    /// How the template takes the arguments of earlier calls.
    var argumentForm: ToolArgumentForm { traits?.argumentForm ?? .object }

    /// What templates may use of the vocabulary; it counts as their own text.
    let templateStrings: [String: String]

    private static func templateStrings(_ vocabulary: Vocabulary) -> [String: String] {
        let named = [
            ("bos_token", vocabulary.specials.beginningOfSequence), ("eos_token", vocabulary.specials.endOfSequence),
            ("unk_token", vocabulary.specials.unknown), ("pad_token", vocabulary.specials.padding),
        ]
        var strings: [String: String] = [:]
        for (name, token) in named {
            strings[name] = token.map { String(decoding: vocabulary.bytes(of: $0), as: UTF8.self) }
        }
        return strings
    }
}
