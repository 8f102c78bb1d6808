import JSONBytes

/// One piece of an assistant's message, as a chunk bears it.
package struct MessageDelta: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case content
        case reasoning
        /// A call begins, and the text is the function's name; `index` counts the message's calls from 0.
        case call(index: Int, id: String)
        /// The text is more of the JSON text of a call's arguments.
        case arguments(index: Int)
    }

    package let kind: Kind
    /// Whole characters of UTF-8.
    package var text: [UInt8]

    package init(_ kind: Kind, _ text: [UInt8]) {
        self.kind = kind
        self.text = text
    }

    /// Appends the delta as an object.
    func append(to bytes: inout [UInt8]) {
        switch kind {
        case .content:
            bytes.append(#"{"content":""#)
            appendText(to: &bytes)
            bytes.append(#""}"#)
        case .reasoning:
            bytes.append(#"{"reasoning_content":""#)
            appendText(to: &bytes)
            bytes.append(#""}"#)
        case .call(let index, let id):
            bytes.append(#"{"tool_calls":[{"index":"#)
            bytes.append(decimal: index)
            bytes.append(",")
            ToolCall.appendStart(id: id, name: text, to: &bytes)
            bytes.append(#""}}]}"#)
        case .arguments(let index):
            bytes.append(#"{"tool_calls":[{"index":"#)
            bytes.append(decimal: index)
            bytes.append(#","function":{"arguments":""#)
            appendText(to: &bytes)
            bytes.append(#""}}]}"#)
        }
    }

    private func appendText(to bytes: inout [UInt8]) {
        text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
    }
}
