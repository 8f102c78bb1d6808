import OutputParsing

/// What the deltas of one answer join to.
struct Parsed: Equatable {
    struct Call: Equatable {
        var id: String?
        var name: String
        var arguments = ""
    }

    var reasoning = ""
    var content = ""
    var calls: [Call] = []
    var ending = OutputEnding.text
    /// The kinds of the deltas in order, neighbours of one kind joined: content between calls stays between them.
    var order = ""

    init(reasoning: String, content: String) {
        self.reasoning = reasoning
        self.content = content
    }

    /// Feeds the pieces one after the other.
    init(
        _ pieces: some Sequence<[UInt8]>, format: OutputFormat, promptTail: String = "", tools: [ToolSignature],
        separatesReasoning: Bool = true, forced: Bool = false
    ) {
        var parser = OutputParser(
            format, promptTail: Array(promptTail.utf8), tools: tools, separatesReasoning: separatesReasoning,
            forced: forced)
        var bytes = (reasoning: [UInt8](), content: [UInt8](), arguments: [[UInt8]]())
        for piece in pieces {
            var deltas: [OutputDelta] = []
            parser.feed(piece.span, into: &deltas)
            take(deltas, &bytes)
        }
        var deltas: [OutputDelta] = []
        ending = parser.finish(into: &deltas)
        take(deltas, &bytes)
        reasoning = String(decoding: bytes.reasoning, as: UTF8.self)
        content = String(decoding: bytes.content, as: UTF8.self)
        for index in calls.indices { calls[index].arguments = String(decoding: bytes.arguments[index], as: UTF8.self) }
    }

    private mutating func take(
        _ deltas: [OutputDelta], _ bytes: inout (reasoning: [UInt8], content: [UInt8], arguments: [[UInt8]])
    ) {
        for delta in deltas {
            let mark: Character
            switch delta {
            case .reasoning(let text):
                bytes.reasoning += text
                mark = "r"
            case .content(let text):
                bytes.content += text
                mark = "c"
            case .toolCall(let index, let id, let name):
                precondition(index == calls.count, "calls are counted from 0")
                calls.append(
                    Call(
                        id: id.map { String(decoding: $0, as: UTF8.self) }, name: String(decoding: name, as: UTF8.self))
                )
                bytes.arguments.append([])
                mark = "t"
            case .arguments(let index, let text):
                precondition(index == calls.count - 1, "arguments belong to the last call")
                bytes.arguments[index] += text
                mark = "a"
            }
            if order.last != mark || mark == "t" { order.append(mark) }
        }
    }
}
