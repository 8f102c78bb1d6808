import JSONBytes
import ServingModel

extension TokenizerJSON {
    /// What the file's post-processor and the configuration beside it say of special tokens.
    func readSpecials(_ settings: JSONValue?, _ template: SequenceTemplate?) -> SpecialTokens {
        var specials = SpecialTokens()
        if let template {
            if case .tokens(let tokens, _)? = template.single.first, let token = tokens.first {
                specials.beginningOfSequence = token
                specials.addsBeginningOfSequence = true
            }
            if template.single.count > 1, case .tokens(let tokens, _)? = template.single.last, let token = tokens.last {
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

    /// The token of a name, which is written as a string or as an object with a content.
    private func token(_ value: JSONValue?) -> TokenID? {
        switch value {
        case .string(let name): addedTokens.first { $0.content.utf8.elementsEqual(name.utf8) }?.token.id
        case .object(let object): token(object["content"])
        default: nil
        }
    }
}
