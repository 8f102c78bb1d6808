import JSONBytes

/// What is asked of a server besides the conversation.
package struct ChatRequest: Sendable {
    package var model: String
    /// Nil leaves it to the server.
    package var temperature: Double?
    /// The most tokens of an answer; nil leaves it to the server.
    package var maxTokens: Int?

    package init(model: String, temperature: Double? = nil, maxTokens: Int? = nil) {
        self.model = model
        self.temperature = temperature
        self.maxTokens = maxTokens
    }

    /// The JSON body of `POST /chat/completions` that asks for a stream with usage at its end.
    package func body(_ messages: [ChatMessage]) -> [UInt8] {
        var writer = JSONWriter(reserving: messages.reduce(256) { $0 + $1.content.utf8.count + 64 })
        writer.raw("{")
        writer.key("model")
        writer.write(model)
        writer.key("messages")
        writer.raw("[")
        for (at, message) in messages.enumerated() {
            writer.raw(at == 0 ? "{" : ",{")
            writer.key("role")
            writer.write(message.role.rawValue)
            writer.key("content")
            writer.write(message.content)
            writer.raw("}")
        }
        writer.raw("]")
        if let temperature {
            writer.key("temperature")
            writer.write(temperature)
        }
        if let maxTokens {
            writer.key("max_tokens")
            writer.write(maxTokens)
        }
        writer.key("stream")
        writer.write(true)
        writer.key("stream_options")
        writer.raw("{\"include_usage\":true}}")
        return writer.bytes
    }
}
