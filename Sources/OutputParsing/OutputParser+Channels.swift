/// Answers that are a series of messages, each behind a header.
extension OutputParser {
    /// Collects a header up to its end; false if what is left may become the end.
    mutating func stepHeader(_ input: Span<UInt8>, _ at: inout Int) -> Bool {
        guard let channels = format.syntax.channels else { return false }
        let end = channels.headerEnd.bytes
        while at < input.count, header.count <= OutputLimits.headerBytes {
            header.append(input[at])
            at += 1
            guard header.suffix(end.count).elementsEqual(end) else { continue }
            header.removeLast(end.count)
            beginMessage(channels)
            return true
        }
        guard header.count > OutputLimits.headerBytes else { return true }
        leaveAsText(header)
        return true
    }

    private mutating func leaveAsText(_ text: [UInt8]) {
        out.append(.content, text)
        header.removeAll(keepingCapacity: true)
        hasContent = true
        mode = .content
    }

    private mutating func beginMessage(_ channels: ChannelSyntax) {
        let text = header
        let reader = HeaderReader(text)
        switch reader.recipient(channels.dialect) {
        case .reader: mode = .content
        case .itself:
            if !separatesReasoning { out.append(.content, text + channels.headerEnd.bytes) }
            beginReasoning()
        case .tool(let name):
            mode = .content
            let isCall = !tools.isEmpty && (channels.dialect != .bareName || tools.contains(name))
            if isCall, let block = format.syntax.calls.firstIndex(where: { $0.itemOpen == channels.headerEnd }) {
                beginCalls(block, startsInItem: true, opening: text + channels.headerEnd.bytes)
                call?.beginArguments(name: name, &out)
            } else if channels.dialect == .bareName {
                leaveAsText(text + channels.headerEnd.bytes)
            }
        }
        header.removeAll(keepingCapacity: true)
    }
}
