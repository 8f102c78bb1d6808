import JSONBytes
import ServingModel

/// The tokenizer that a Hugging Face `tokenizer.json` describes: byte-level byte-pair encoding.
///
/// Whatever else such a file may ask for, and every setting that would change the tokens, is refused by name.
package struct TokenizerJSON {
    var addedTokens: [AddedTokenEntry] = []
    var normalizer = JSONValue.null
    var preTokenizer = JSONValue.null
    var postProcessor = JSONValue.null
    var model = Model()

    /// A member of `added_tokens`.
    struct AddedTokenEntry {
        var token: AddedToken
        var content: String
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
            let settings = try configuration.map { bytes in
                var reader = JSONReader(bytes)
                return try reader.readValue()
            }
            return try json.byteLevelTokenizer(settings)
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
            var token = AddedToken(
                id: TokenID(Int32(id)), text: Array(content.utf8), isControl: object["special"] == .bool(true))
            token.stripsLeft = object["lstrip"] == .bool(true)
            token.stripsRight = object["rstrip"] == .bool(true)
            token.isSingleWord = object["single_word"] == .bool(true)
            return AddedTokenEntry(token: token, content: content)
        }
    }

    // MARK: Making the tokenizer

    private func byteLevelTokenizer(_ settings: JSONValue?) throws -> ByteLevelTokenizer {
        let composes = try composes()
        try model.refuseUnsupported()
        let preTokenizer = try Self.preTokenizer(preTokenizer)
        var spelled = SpellingTable(capacity: model.vocabulary.count)
        let last = max(
            model.vocabulary.map(\.id).max() ?? -1, addedTokens.map { Int($0.token.id.rawValue) }.max() ?? -1)
        guard last < Self.tokenLimit else { throw TokenizationError.malformed("the vocabulary has a token \(last)") }
        var texts = [[UInt8]](repeating: [], count: last + 1)
        var kinds = [TokenKind](repeating: .unused, count: last + 1)
        for added in addedTokens {
            texts[Int(added.token.id.rawValue)] = added.token.text
            kinds[Int(added.token.id.rawValue)] = added.token.isControl ? .control : .userDefined
        }
        var builder = ByteLevelBuilder()
        for (spelling, id) in model.vocabulary {
            guard spelled.insert(spelling, token: Int32(id)) else {
                throw TokenizationError.malformed("token \(id) is there twice")
            }
            guard kinds[id] == .unused else { continue }
            kinds[id] = .normal
            texts[id] = builder.text(of: TokenID(Int32(id)), spelling, .normal)
        }
        try model.refuseUnknownBytes(builder.byteTokens)
        var merges = MergeList(spelled, capacity: model.merges.count)
        for (left, right) in model.merges {
            guard try merges.append(left, right) else {
                throw TokenizationError.malformed("merge \(merges.count) is there twice")
            }
        }
        var specials = readSpecials(settings)
        for token in SpecialTokenNames.complete(&specials, with: namedTokens()) {
            kinds[Int(token.rawValue)] = .control
        }
        return ByteLevelTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials), composes: composes,
            preTokenizer: preTokenizer, merges: merges.table, byteTokens: builder.byteTokens,
            wordTokens: builder.wordTokens, ignoresMerges: model.ignoresMerges,
            addedTokens: AddedTokenMatcher(controlled(kinds)))
    }

    /// Token numbers that a vocabulary may have.
    private static let tokenLimit = 1 << 22

    private func controlled(_ kinds: [TokenKind]) -> [AddedToken] {
        addedTokens.map { entry in
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

    /// Whether the file's normalizer is form C; there may be none, and no other.
    private func composes() throws -> Bool {
        var steps = normalizer == .null ? [] : [normalizer]
        if Self.type(normalizer) == "Sequence", case .object(let object) = normalizer,
            case .array(let list)? = object["normalizers"]
        {
            steps = list
        }
        for step in steps where Self.type(step) != "NFC" {
            throw TokenizationError.unsupported("the normalizer '\(Self.type(step))'")
        }
        return !steps.isEmpty
    }

    /// The `type` of a part of the file.
    static func type(_ value: JSONValue) -> String {
        guard case .object(let object) = value, case .string(let type)? = object["type"] else { return "" }
        return type
    }
}
