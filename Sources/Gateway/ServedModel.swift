package import ChatTemplates
package import OpenAIAPI
package import ServingModel
package import Tokenization

/// A model as the gateway serves it: its engine, and what turns requests into its tokens and its tokens into text.
package struct ServedModel: Sendable {
    package let engine: any Engine
    package let tokenizer: any Tokenizer
    /// Encodes chats, which mostly begin like the one before.
    let promptCache: PromptCache
    /// Nil if the model has none: chat is refused then.
    package let template: ChatTemplate?
    package let listing: ModelListing

    package init(engine: any Engine, tokenizer: any Tokenizer, template: ChatTemplate?, listing: ModelListing) {
        self.engine = engine
        self.tokenizer = tokenizer
        self.promptCache = PromptCache(tokenizer, bytesMax: Self.promptCacheBytesMax)
        self.template = template
        self.listing = listing
    }

    private static let promptCacheBytesMax = 64 << 20

    var id: ModelID { listing.model }

    /// What templates may use of the vocabulary; it counts as their own text.
    var templateStrings: [String: String] {
        let vocabulary = tokenizer.vocabulary
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
