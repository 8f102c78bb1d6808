import JSONBytes
import ServingModel

/// What the `tokenizer_config.json` beside a tokenizer's file says of its special tokens.
struct TokenizerConfiguration {
    /// A member of `added_tokens_decoder`.
    struct Added {
        let token: AddedToken
        let name: String
    }

    let added: [Added]
    private let members: JSONObject

    /// - Parameter file: The bytes of the file; a configuration that says nothing if nil.
    init(_ file: [UInt8]?) throws {
        guard case .object(let object) = try file.map({ try JSONValue(parsing: $0) }) ?? .object(JSONObject()) else {
            throw TokenizationError.malformed("the configuration is no object")
        }
        members = object
        guard case .object(let tokens)? = object["added_tokens_decoder"] else {
            added = []
            return
        }
        added = try tokens.map { key, value in
            guard let id = Int32(key), id >= 0, case .object(let token) = value,
                case .string(let name)? = token["content"]
            else { throw TokenizationError.malformed("the configuration's token '\(key)' has no content") }
            return Added(token: AddedToken(TokenID(id), Array(name.utf8), token), name: name)
        }
    }

    /// Sets the special tokens that it names.
    ///
    /// - Parameter token: The token of a name.
    func complete(_ specials: inout SpecialTokens, _ token: (String) -> TokenID?) {
        specials.beginningOfSequence = name("bos_token").flatMap(token) ?? specials.beginningOfSequence
        specials.endOfSequence = name("eos_token").flatMap(token) ?? specials.endOfSequence
        specials.unknown = name("unk_token").flatMap(token) ?? specials.unknown
        specials.padding = name("pad_token").flatMap(token) ?? specials.padding
        if case .bool(let adds)? = members["add_bos_token"] { specials.addsBeginningOfSequence = adds }
        if case .bool(let adds)? = members["add_eos_token"] { specials.addsEndOfSequence = adds }
    }

    /// A token's name, which is written as a string or as an object with a content.
    private func name(_ key: String) -> String? {
        switch members[key] {
        case .string(let name)?: return name
        case .object(let object)?:
            guard case .string(let name)? = object["content"] else { return nil }
            return name
        default: return nil
        }
    }
}

extension AddedToken {
    /// A token with the flags that files write beside it.
    init(_ id: TokenID, _ text: [UInt8], _ flags: JSONObject) {
        self.init(
            id: id, text: text, isControl: flags["special"] == .bool(true), stripsLeft: flags["lstrip"] == .bool(true),
            stripsRight: flags["rstrip"] == .bool(true), isSingleWord: flags["single_word"] == .bool(true))
    }
}
