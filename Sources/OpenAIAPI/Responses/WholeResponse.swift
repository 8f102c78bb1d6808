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
        head.append(isChunk: false, to: &writer)
        bytes += writer.bytes
        for (index, choice) in choices.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(#"{"index":"#)
            bytes.append(decimal: index)
            switch head.form {
            case .chat: appendMessage(choice, to: &bytes)
            case .completion: appendText(choice, to: &bytes)
            }
            bytes.append(#","finish_reason":"#)
            choice.end.append(to: &bytes)
            bytes.append("}")
        }
        bytes.append(#"],"usage":"#)
        usage.append(to: &bytes)
        bytes.append("}")
    }

    private func appendMessage(_ choice: Choice, to bytes: inout [UInt8]) {
        bytes.append(#","message":{"role":"assistant","content":""#)
        choice.text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#"","refusal":null},"logprobs":"#)
        if let tokens = choice.tokens {
            LogprobsWriting.appendChat(tokens, to: &bytes)
        } else {
            bytes.append("null")
        }
    }

    private func appendText(_ choice: Choice, to bytes: inout [UInt8]) {
        bytes.append(#","text":""#)
        choice.text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#"","logprobs":"#)
        if let tokens = choice.tokens {
            LogprobsWriting.appendCompletion(tokens, textOffset: 0, to: &bytes)
        } else {
            bytes.append("null")
        }
    }
}
