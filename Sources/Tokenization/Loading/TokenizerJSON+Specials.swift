import ServingModel

extension TokenizerJSON {
    /// What the file's post-processor and the configuration beside it say of special tokens.
    func readSpecials(_ configuration: TokenizerConfiguration?, _ template: SequenceTemplate?) -> SpecialTokens {
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
        configuration?.complete(&specials) { name in
            addedTokens.first { $0.content.utf8.elementsEqual(name.utf8) }?.token.id
        }
        return specials
    }
}
