private import JSONBytes

/// Writes the server-sent events of one streamed response.
///
/// Made once a request; what all its chunks have in common is rendered then. Appending a text delta copies bytes and
/// escapes the delta, and allocates nothing beyond the growth of the output.
package struct ChunkWriter: Sendable {
    private let form: ResponseHead.Form
    /// `data: {…,"choices":[`
    private let head: [UInt8]
    /// What follows the choice, to the end of the event: `],"usage":null}` or `]}`.
    private let tail: [UInt8]
    /// All that stands before and behind the text in the first choice's chunks, which are nearly all there are.
    private let textHead: [UInt8]
    private let textTail: [UInt8]
    private let includesUsage: Bool

    /// - Parameter includesUsage: whether the client asked for a usage chunk; the others then have a null `usage`.
    package init(_ head: ResponseHead, includesUsage: Bool) {
        form = head.form
        self.includesUsage = includesUsage
        var writer = JSONWriter(reserving: 256)
        writer.raw("data: ")
        head.append(object: head.form.chunkName, to: &writer)
        self.head = writer.bytes
        tail = Array((includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n").utf8)
        var text = self.head
        Self.appendTextStart(head.form, choice: 0, to: &text)
        textHead = text
        text = []
        Self.appendLogprobsKey(head.form, to: &text)
        text.append("null")
        Self.appendEnd(nil, tail, to: &text)
        textTail = text
    }

    /// Appends a chat choice's first chunk, which bears the role. Completions have none.
    ///
    /// - Parameter mayLackContent: whether the message may turn out to be all calls; its content is null till some
    ///   comes, then.
    package func appendRole(choice: Int, mayLackContent: Bool = false, to bytes: inout [UInt8]) {
        precondition(form == .chat, "completions have no roles")
        appendIndex(choice, to: &bytes)
        bytes.append(#","delta":{"role":"assistant","content":"#)
        bytes.append(mayLackContent ? "null" : #""""#)
        bytes.append(#","refusal":null},"logprobs":null,"finish_reason":null}"#)
        bytes.append(contentsOf: tail)
    }

    /// Appends a chunk for each piece of a chat's message.
    ///
    /// - Parameter tokens: the tokens to report with them, in the first chunk; nil if none are reported at all.
    package func append(_ pieces: [MessageDelta], choice: Int, tokens: [TokenReport]?, to bytes: inout [UInt8]) {
        precondition(form == .chat, "completions have no messages")
        for (index, piece) in pieces.enumerated() {
            appendIndex(choice, to: &bytes)
            bytes.append(#","delta":"#)
            piece.append(to: &bytes)
            bytes.append(#","logprobs":"#)
            if let tokens {
                LogprobsWriting.appendChat(index == 0 ? tokens : [], to: &bytes)
            } else {
                bytes.append("null")
            }
            appendEnd(nil, to: &bytes)
        }
    }

    /// Appends a chunk of text.
    ///
    /// - Parameters:
    ///   - text: whole characters of UTF-8.
    ///   - end: why the choice ends with it, if it does.
    package func appendText(
        _ text: UnsafeBufferPointer<UInt8>, choice: Int, end: ChoiceEnd? = nil, to bytes: inout [UInt8]
    ) {
        if choice == 0, end == nil {
            bytes.append(contentsOf: textHead)
            JSONEscaping.append(text, to: &bytes)
            return bytes.append(contentsOf: textTail)
        }
        appendText(text, choice: choice, to: &bytes)
        bytes.append("null")
        appendEnd(end, to: &bytes)
    }

    /// Appends a chunk of text with the log-probabilities of its tokens.
    ///
    /// - Parameters:
    ///   - tokens: those whose text is in the chunk, and may be empty.
    package func appendText(
        _ text: UnsafeBufferPointer<UInt8>, choice: Int, end: ChoiceEnd? = nil, tokens: some Collection<TokenReport>,
        to bytes: inout [UInt8]
    ) {
        appendText(text, choice: choice, to: &bytes)
        switch form {
        case .chat: LogprobsWriting.appendChat(tokens, to: &bytes)
        case .completion: LogprobsWriting.appendCompletion(tokens, to: &bytes)
        }
        appendEnd(end, to: &bytes)
    }

    /// Appends a choice's last chunk, without text.
    ///
    /// - Parameter tokens: of a chat, tokens that no piece of the message went with, if there are any to report.
    package func appendFinish(_ end: ChoiceEnd, choice: Int, tokens: [TokenReport] = [], to bytes: inout [UInt8]) {
        appendIndex(choice, to: &bytes)
        switch form {
        case .chat: bytes.append(#","delta":{},"logprobs":"#)
        case .completion: bytes.append(#","text":"","logprobs":"#)
        }
        if tokens.isEmpty { bytes.append("null") } else { LogprobsWriting.appendChat(tokens, to: &bytes) }
        appendEnd(end, to: &bytes)
    }

    /// Appends the chunk that bears the usage; it is only for clients that asked for it, after all choices have ended.
    package func appendUsage(_ usage: TokenUsage, to bytes: inout [UInt8]) {
        precondition(includesUsage, "the client did not ask for the usage")
        bytes.append(contentsOf: head)
        bytes.append(#"],"usage":"#)
        usage.append(to: &bytes)
        bytes.append("}\n\n")
    }

    /// Appends the event that ends every stream that went well.
    package static func appendDone(to bytes: inout [UInt8]) {
        bytes.append("data: [DONE]\n\n")
    }

    /// Appends an error in the middle of a stream, when the status has long been sent. Nothing follows it.
    package static func appendError(_ error: APIError, to bytes: inout [UInt8]) {
        bytes.append("data: ")
        error.append(to: &bytes)
        bytes.append("\n\n")
    }

    // MARK: Parts

    private func appendIndex(_ choice: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: head)
        Self.appendIndex(choice, to: &bytes)
    }

    /// Everything up to the value of `logprobs`.
    private func appendText(_ text: UnsafeBufferPointer<UInt8>, choice: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: head)
        Self.appendTextStart(form, choice: choice, to: &bytes)
        JSONEscaping.append(text, to: &bytes)
        Self.appendLogprobsKey(form, to: &bytes)
    }

    /// Everything after the value of `logprobs`.
    private func appendEnd(_ end: ChoiceEnd?, to bytes: inout [UInt8]) {
        Self.appendEnd(end, tail, to: &bytes)
    }

    private static func appendIndex(_ choice: Int, to bytes: inout [UInt8]) {
        bytes.append(#"{"index":"#)
        bytes.append(decimal: choice)
    }

    private static func appendTextStart(_ form: ResponseHead.Form, choice: Int, to bytes: inout [UInt8]) {
        appendIndex(choice, to: &bytes)
        switch form {
        case .chat: bytes.append(#","delta":{"content":""#)
        case .completion: bytes.append(#","text":""#)
        }
    }

    private static func appendLogprobsKey(_ form: ResponseHead.Form, to bytes: inout [UInt8]) {
        switch form {
        case .chat: bytes.append(#""},"logprobs":"#)
        case .completion: bytes.append(#"","logprobs":"#)
        }
    }

    private static func appendEnd(_ end: ChoiceEnd?, _ tail: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(#","finish_reason":"#)
        if let end { end.append(to: &bytes) } else { bytes.append("null") }
        bytes.append("}")
        bytes.append(contentsOf: tail)
    }
}
