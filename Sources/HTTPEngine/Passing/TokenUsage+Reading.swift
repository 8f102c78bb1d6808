import JSONBytes
import OpenAIAPI

extension TokenUsage {
    /// Reads a `usage` object in the words of OpenAI's two APIs, or of SGLang, which counts reasoning beside them.
    ///
    /// What the object does not say stays as `earlier` said it. Returns nil if it says nothing of tokens.
    init?(_ members: JSONObject, after earlier: TokenUsage?) {
        let prompt = members.count("prompt_tokens") ?? members.count("input_tokens")
        let completion = members.count("completion_tokens") ?? members.count("output_tokens")
        guard prompt != nil || completion != nil else { return nil }
        let promptDetails = members.object("prompt_tokens_details") ?? members.object("input_tokens_details")
        let completionDetails = members.object("completion_tokens_details") ?? members.object("output_tokens_details")
        self.init(
            promptTokens: prompt ?? earlier?.promptTokens ?? 0,
            completionTokens: completion ?? earlier?.completionTokens ?? 0,
            cachedTokens: promptDetails?.count("cached_tokens") ?? earlier?.cachedTokens ?? 0,
            reasoningTokens: completionDetails?.count("reasoning_tokens") ?? members.count("reasoning_tokens")
                ?? earlier?.reasoningTokens)
    }
}
