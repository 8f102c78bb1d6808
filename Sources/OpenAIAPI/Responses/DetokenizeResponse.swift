private import JSONBytes

/// The text of tokens, in vLLM's shape.
package struct DetokenizeResponse: Sendable {
    /// Whole characters of UTF-8.
    package var text: [UInt8]

    package init(text: [UInt8]) { self.text = text }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(#"{"prompt":""#)
        text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#""}"#)
    }
}
