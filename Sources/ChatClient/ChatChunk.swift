import JSONBytes

/// What one event of an answer adds to it.
package struct ChatChunk: Equatable, Sendable {
    package var content = ""
    /// What a model says to itself before it answers, if the server tells it apart.
    package var reasoning = ""
    /// Why the answer ended; nil if it goes on.
    package var finishReason: String?
    package var usage: ChatUsage?

    package init(
        content: String = "", reasoning: String = "", finishReason: String? = nil, usage: ChatUsage? = nil
    ) {
        self.content = content
        self.reasoning = reasoning
        self.finishReason = finishReason
        self.usage = usage
    }

    /// Reads a `chat.completion.chunk`, or a whole `chat.completion`, which is what servers that cannot stream send.
    ///
    /// Only the first choice counts. Members of other types than the API gives them are passed over: servers differ.
    ///
    /// - Throws: `ChatFailure.refused` for an object with an error, `.malformed` for what is no JSON object.
    package init(parsing bytes: [UInt8]) throws(ChatFailure) {
        let object = try Self.object(parsing: bytes)
        if let message = ServerMessage.error(in: object) { throw .refused(status: nil, message: message) }
        let choice = object["choices"]?.array?.first?.object
        let said = (choice?["delta"] ?? choice?["message"])?.object
        content = (said?["content"]?.string ?? "") + (said?["refusal"]?.string ?? "")
        reasoning = said?["reasoning_content"]?.string ?? said?["reasoning"]?.string ?? ""
        finishReason = choice?["finish_reason"]?.string
        usage = object["usage"]?.object.flatMap(ChatUsage.init)
    }

    private static func object(parsing bytes: [UInt8]) throws(ChatFailure) -> JSONObject {
        do {
            guard let object = try JSONValue(parsing: bytes).object else {
                throw ChatFailure.malformed("no JSON object")
            }
            return object
        } catch let failure as ChatFailure {
            throw failure
        } catch {
            throw .malformed("\(error)")
        }
    }
}

extension ChatUsage {
    /// Nil if a count is missing or no count.
    fileprivate init?(_ object: JSONObject) {
        guard let prompt = object["prompt_tokens"]?.integer, let completion = object["completion_tokens"]?.integer,
            prompt >= 0, completion >= 0
        else { return nil }
        self.init(
            promptTokens: prompt, completionTokens: completion,
            cachedTokens: object["prompt_tokens_details"]?.object?["cached_tokens"]?.integer)
    }
}
