import JSONBytes
import ServingModel

extension TokenizerJSON {
    /// What the member `post_processor` puts around a text; nil if it puts nothing there.
    func template() throws(TokenizationError) -> SequenceTemplate? {
        var found: SequenceTemplate?
        for part in try TokenizerPart.list(postProcessor, sequence: "processors") {
            let template: SequenceTemplate
            switch part.type {
            // It changes offsets only.
            case "ByteLevel": continue
            case "TemplateProcessing":
                template = SequenceTemplate(
                    single: try Self.pieces(part, "single"), pair: try Self.pieces(part, "pair"))
            case "BertProcessing", "RobertaProcessing":
                let start = try Self.token(part, "cls")
                let end = try Self.token(part, "sep")
                let isBert = part.type == "BertProcessing"
                let single: [SequenceTemplate.Piece] = [
                    .tokens([start], type: 0), .first(type: 0), .tokens([end], type: 0),
                ]
                template = SequenceTemplate(
                    single: single,
                    pair: single + (isBert ? [] : [.tokens([end], type: 0)])
                        + [.second(type: isBert ? 1 : 0), .tokens([end], type: isBert ? 1 : 0)])
            default: throw .unsupported("the post-processor '\(part.type)'")
            }
            guard found == nil else { throw .unsupported("two post-processors that add tokens") }
            found = template
        }
        return found
    }

    /// `["[SEP]", 102]`
    private static func token(_ part: TokenizerPart, _ name: String) throws(TokenizationError) -> TokenID {
        guard let last = part.values(name).last, case .integer(let id) = last, let id = Int32(exactly: id) else {
            throw .malformed("'\(part.type)' has no '\(name)'")
        }
        return TokenID(id)
    }

    private static func pieces(_ part: TokenizerPart, _ name: String) throws(TokenizationError) -> [SequenceTemplate
        .Piece]
    {
        var pieces: [SequenceTemplate.Piece] = []
        for value in part.values(name) {
            guard case .object(let item) = value else { throw .malformed("a piece of '\(name)' is no object") }
            if case .object(let special)? = item["SpecialToken"], case .string(let id)? = special["id"] {
                pieces.append(.tokens(try tokens(part, id), type: type(special)))
            } else if case .object(let sequence)? = item["Sequence"] {
                pieces.append(
                    sequence["id"] == .string("B") ? .second(type: type(sequence)) : .first(type: type(sequence)))
            } else {
                throw .malformed("a piece of '\(name)' is neither a token nor a sequence")
            }
        }
        return pieces
    }

    private static func type(_ object: JSONObject) -> Int32 {
        guard case .integer(let type)? = object["type_id"] else { return 0 }
        return Int32(clamping: type)
    }

    /// The numbers that a special token of the template stands for.
    private static func tokens(_ part: TokenizerPart, _ name: String) throws(TokenizationError) -> [TokenID] {
        guard case .object(let all) = part["special_tokens"], case .object(let special)? = all[name],
            case .array(let ids)? = special["ids"]
        else { throw .malformed("the template's token '\(name)' has no numbers") }
        var tokens: [TokenID] = []
        for value in ids {
            guard case .integer(let id) = value, let id = Int32(exactly: id) else {
                throw .malformed("the template's token '\(name)' has no numbers")
            }
            tokens.append(TokenID(id))
        }
        return tokens
    }
}
