import JSONBytes
import ServingModel

extension TokenizerJSON {
    /// What the file's post-processor and the configuration beside it say of special tokens.
    func readSpecials(_ settings: JSONValue?) -> SpecialTokens {
        var specials = SpecialTokens()
        if let template = Self.template(postProcessor), case .object(let object) = template,
            case .array(let items)? = object["single"]
        {
            if let token = specialToken(items.first) {
                specials.beginningOfSequence = token
                specials.addsBeginningOfSequence = true
            }
            if items.count > 1, let token = specialToken(items.last) {
                specials.endOfSequence = token
                specials.addsEndOfSequence = true
            }
        }
        guard case .object(let object)? = settings else { return specials }
        specials.beginningOfSequence = token(object["bos_token"]) ?? specials.beginningOfSequence
        specials.endOfSequence = token(object["eos_token"]) ?? specials.endOfSequence
        specials.unknown = token(object["unk_token"])
        specials.padding = token(object["pad_token"])
        if case .bool(let adds)? = object["add_bos_token"] { specials.addsBeginningOfSequence = adds }
        if case .bool(let adds)? = object["add_eos_token"] { specials.addsEndOfSequence = adds }
        return specials
    }

    private static func template(_ processor: JSONValue) -> JSONValue? {
        if type(processor) == "TemplateProcessing" { return processor }
        guard type(processor) == "Sequence", case .object(let object) = processor,
            case .array(let processors)? = object["processors"]
        else { return nil }
        return processors.first { type($0) == "TemplateProcessing" }
    }

    private func specialToken(_ item: JSONValue?) -> TokenID? {
        guard case .object(let object)? = item, case .object(let special)? = object["SpecialToken"] else { return nil }
        return token(special["id"])
    }

    /// The token of a name, which is written as a string or as an object with a content.
    private func token(_ value: JSONValue?) -> TokenID? {
        switch value {
        case .string(let name): addedTokens.first { $0.content.utf8.elementsEqual(name.utf8) }?.token.id
        case .object(let object): token(object["content"])
        default: nil
        }
    }
}
