private import JSONBytes

/// A response that is sent at once: a `chat.completion` or a `text_completion`.
package struct WholeResponse: Sendable {
    package struct Choice: Sendable {
        /// Whole characters of UTF-8; for an echoing completion, the prompt first.
        package var text: [UInt8]
        /// The reasoning before it; nil if none is told from the text.
        package var reasoning: [UInt8]?
        package var calls: [ToolCall]
        package var end: ChoiceEnd
        /// The tokens' log-probabilities if they were asked for.
        package var tokens: [TokenReport]?

        package init(
            text: [UInt8], reasoning: [UInt8]? = nil, calls: [ToolCall] = [], end: ChoiceEnd,
            tokens: [TokenReport]? = nil
        ) {
            self.text = text
            self.reasoning = reasoning
            self.calls = calls
            self.end = end
            self.tokens = tokens
        }
    }

    package let head: ResponseHead
    /// In the order of their indices.
    package let choices: [Choice]
    package let usage: TokenUsage

    package init(_ head: ResponseHead, choices: [Choice], usage: TokenUsage) {
        self.head = head
        self.choices = choices
        self.usage = usage
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 512)
        head.append(object: head.form.wholeName, to: &writer)
        bytes += writer.bytes
        for (index, choice) in choices.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(choice, index: index, to: &bytes)
        }
        bytes.append(#"],"usage":"#)
        usage.append(to: &bytes)
        bytes.append("}")
    }

    private func append(_ choice: Choice, index: Int, to bytes: inout [UInt8]) {
        bytes.append(#"{"index":"#)
        bytes.append(decimal: index)
        switch head.form {
        case .chat: appendMessage(choice, to: &bytes)
        case .completion:
            bytes.append(#","text":"#)
            Self.append(choice.text, to: &bytes)
        }
        bytes.append(#","logprobs":"#)
        switch (choice.tokens, head.form) {
        case (nil, _): bytes.append("null")
        case (let tokens?, .chat): LogprobsWriting.appendChat(tokens, to: &bytes)
        case (let tokens?, .completion): LogprobsWriting.appendCompletion(tokens, to: &bytes)
        }
        bytes.append(#","finish_reason":"#)
        choice.end.append(to: &bytes)
        bytes.append("}")
    }

    private func appendMessage(_ choice: Choice, to bytes: inout [UInt8]) {
        bytes.append(#","message":{"role":"assistant","content":"#)
        if choice.text.isEmpty, !choice.calls.isEmpty {
            bytes.append("null")
        } else {
            Self.append(choice.text, to: &bytes)
        }
        if let reasoning = choice.reasoning {
            bytes.append(#","reasoning_content":"#)
            Self.append(reasoning, to: &bytes)
        }
        if !choice.calls.isEmpty {
            bytes.append(#","tool_calls":["#)
            for (index, call) in choice.calls.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                call.append(to: &bytes)
            }
            bytes.append("]")
        }
        bytes.append(#","refusal":null}"#)
    }

    private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }
}
