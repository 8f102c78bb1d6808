extension WholeResponse.Choice {
    /// A choice whose message is given piece by piece, as a stream would bear it.
    ///
    /// - Parameter tokens: the tokens' log-probabilities if they were asked for.
    package init(pieces: [MessageDelta], end: ChoiceEnd, tokens: [TokenReport]?) {
        self.init(text: [], end: end, tokens: tokens)
        for piece in pieces {
            switch piece.kind {
            case .content: text += piece.text
            case .reasoning: reasoning = (reasoning ?? []) + piece.text
            case .call(_, let id): calls.append(ToolCall(id: id, name: piece.text, arguments: []))
            case .arguments(let index):
                guard calls.indices.contains(index) else { continue }
                calls[index].arguments += piece.text
            }
        }
    }
}
