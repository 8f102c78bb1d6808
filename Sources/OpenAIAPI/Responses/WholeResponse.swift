private import JSONBytes

/// A response that is sent at once: a `chat.completion` or a `text_completion`.
package struct WholeResponse: Sendable {
    package struct Choice: Sendable {
        /// Whole characters of UTF-8; for an echoing completion, the prompt first.
        package var text: [UInt8]
        package var end: ChoiceEnd
        /// The tokens' log-probabilities if they were asked for.
        package var tokens: [TokenReport]?

        package init(text: [UInt8], end: ChoiceEnd, tokens: [TokenReport]? = nil) {
            self.text = text
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
        case .chat: bytes.append(#","message":{"role":"assistant","content":""#)
        case .completion: bytes.append(#","text":""#)
        }
        choice.text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        switch head.form {
        case .chat: bytes.append(#"","refusal":null},"logprobs":"#)
        case .completion: bytes.append(#"","logprobs":"#)
        }
        switch (choice.tokens, head.form) {
        case (nil, _): bytes.append("null")
        case (let tokens?, .chat): LogprobsWriting.appendChat(tokens, to: &bytes)
        case (let tokens?, .completion): LogprobsWriting.appendCompletion(tokens, to: &bytes)
        }
        bytes.append(#","finish_reason":"#)
        choice.end.append(to: &bytes)
        bytes.append("}")
    }
}
