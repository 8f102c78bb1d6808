import JSONBytes
import ServingModel

/// The tokenizer that a Hugging Face `tokenizer.json` describes.
///
/// Byte-level byte-pair encoding with a known pattern, as most models have it, gets a tokenizer of its own; everything
/// else is done step by step. What is not done, and would change the tokens, is refused by name.
package struct TokenizerJSON {
    var addedTokens: [AddedTokenEntry] = []
    var normalizer = JSONValue.null
    var preTokenizer = JSONValue.null
    var postProcessor = JSONValue.null
    var decoder = JSONValue.null
    var model = Model()

    /// A member of `added_tokens`.
    struct AddedTokenEntry {
        var token: AddedToken
        var content: String
        /// Whether it is looked for in the normalized text.
        var isNormalized: Bool
    }

    /// Makes the tokenizer of a file.
    ///
    /// - Parameters:
    ///   - file: The bytes of `tokenizer.json`.
    ///   - configuration: Those of the `tokenizer_config.json` beside it, which names the beginning and the end of a
    ///     sequence.
    package static func tokenizer(
        of file: [UInt8], configuration: [UInt8]? = nil
    ) throws(TokenizationError) -> any Tokenizer {
        do {
            let json = try TokenizerJSON(file)
            let configuration = try TokenizerConfiguration(configuration)
            let scanner = try json.byteLevelScanner()
            return try scanner.map { try json.byteLevelTokenizer($0, configuration) }
                ?? json.pipelineTokenizer(configuration)
        } catch let error as TokenizationError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    private init(_ file: [UInt8]) throws {
        var reader = JSONReader(file)
        var members = try reader.enterObject()
        while let key = try reader.nextKey(&members) {
            switch key {
            case "added_tokens": addedTokens = try Self.readAddedTokens(&reader)
            case "normalizer": normalizer = try reader.readValue()
            case "pre_tokenizer": preTokenizer = try reader.readValue()
            case "decoder": decoder = try reader.readValue()
            case "post_processor": postProcessor = try reader.readValue()
            case "model": try model.read(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private static func readAddedTokens(_ reader: inout JSONReader) throws -> [AddedTokenEntry] {
        guard case .array(let elements) = try reader.readValue() else {
            throw TokenizationError.malformed("'added_tokens' is no array")
        }
        return try elements.map { element in
            guard case .object(let object) = element, case .integer(let id)? = object["id"],
                case .string(let content)? = object["content"], (0...Int(Int32.max)).contains(id)
            else { throw TokenizationError.malformed("an added token has no id or no content") }
            return AddedTokenEntry(
                token: AddedToken(TokenID(Int32(id)), Array(content.utf8), object), content: content,
                isNormalized: object["normalized"] == .bool(true))
        }
    }

    // MARK: What all tokenizers have

    /// Token numbers that a vocabulary may have.
    private static let tokenLimit = 1 << 22

    /// How the file spells each token, and what it is for, before the special ones are known.
    func tokens() throws(TokenizationError) -> (spellings: [[UInt8]], kinds: [TokenKind]) {
        let last = max(
            model.vocabulary.map(\.id).max() ?? -1, addedTokens.map { Int($0.token.id.rawValue) }.max() ?? -1)
        guard last < Self.tokenLimit else { throw .malformed("the vocabulary has a token \(last)") }
        var spellings = [[UInt8]](repeating: [], count: last + 1)
        var kinds = [TokenKind](repeating: .unused, count: last + 1)
        for (spelling, id) in model.vocabulary {
            guard kinds[id] == .unused else { throw .malformed("token \(id) is there twice") }
            kinds[id] = .normal
            spellings[id] = spelling
        }
        for added in addedTokens {
            spellings[Int(added.token.id.rawValue)] = added.token.text
            kinds[Int(added.token.id.rawValue)] = added.token.isControl ? .control : .userDefined
        }
        return (spellings, kinds)
    }

    /// The special tokens, and the template if it is not what these say. Tokens that end a generation become control
    /// tokens.
    func specials(
        _ configuration: TokenizerConfiguration, _ kinds: inout [TokenKind]
    ) throws(TokenizationError) -> (SpecialTokens, SequenceTemplate?) {
        let template = try template()
        var specials = readSpecials(configuration, template)
        let told = readSpecials(nil, template)
        for token in [specials.beginningOfSequence, specials.endOfSequence].compactMap({ $0 }) {
            guard kinds.indices.contains(Int(token.rawValue)) else {
                throw .malformed("the template's token \(token.rawValue) is none of the vocabulary")
            }
        }
        let isOverruled =
            specials.addsBeginningOfSequence != told.addsBeginningOfSequence
            || specials.addsEndOfSequence != told.addsEndOfSequence
        for token in SpecialTokenNames.complete(&specials, with: namedTokens()) {
            kinds[Int(token.rawValue)] = .control
        }
        return (specials, isOverruled ? nil : template)
    }

    /// The added tokens, of those that are looked for in the normalized text or of the others.
    func addedTokens(_ kinds: [TokenKind], where isWanted: (AddedTokenEntry) -> Bool = { _ in true }) -> [AddedToken] {
        addedTokens.filter(isWanted).map { entry in
            var token = entry.token
            token.isControl = kinds[Int(token.id.rawValue)] == .control
            return token
        }
    }

    private func namedTokens() -> [String: TokenID] {
        var found: [String: TokenID] = [:]
        for entry in addedTokens where SpecialTokenNames.all.contains(entry.content) {
            found[entry.content] = entry.token.id
        }
        return found
    }
}
