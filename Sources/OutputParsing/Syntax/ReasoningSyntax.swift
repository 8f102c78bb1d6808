/// How a model sets its reasoning apart from its answer.
struct ReasoningSyntax: Sendable {
    /// What begins reasoning; where the prompt ends with one, the answer starts inside.
    var opens: [Marker]
    var closes: [Marker]
    /// Whether reasoning may begin after some of the answer too. Only for markers that are control tokens: in the text
    /// of an answer that speaks about tags, `<think>` is text.
    var opensAnywhere = false
    /// Whether a tool call ends the reasoning. Only for calls that begin with control tokens.
    var endsAtCalls = false

    static let think = ReasoningSyntax(opens: ["<think>"], closes: ["</think>"])
}
