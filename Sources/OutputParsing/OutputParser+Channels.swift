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
        if header.count > OutputLimits.headerBytes { leaveHeaderAsText() }
        return true
    }

    /// Delivers as content what was taken for a header, without what the prompt had begun of it.
    mutating func leaveHeaderAsText() {
        out.append(.content, Array(header.dropFirst(resumedBytes)))
        resumedBytes = 0
        header.removeAll(keepingCapacity: true)
        hasContent = true
        mode = .content
    }

    private mutating func beginMessage(_ channels: ChannelSyntax) {
        let text = Array(header.dropFirst(resumedBytes)) + channels.headerEnd.bytes
        let reader = HeaderReader(header)
        switch reader.recipient(channels.dialect) {
        case .reader: mode = .content
        case .itself:
            if !separatesReasoning { out.append(.content, text) }
            beginReasoning()
        case .tool(let name):
            mode = .content
            let isCall = !tools.isEmpty && (channels.dialect != .bareName || tools.contains(name))
            if isCall, let block = format.syntax.calls.firstIndex(where: { $0.itemOpen == channels.headerEnd }) {
                beginCalls(block, startsInItem: true, opening: text)
                call?.beginArguments(name: name, &out)
            } else if channels.dialect == .bareName {
                header += channels.headerEnd.bytes
                leaveHeaderAsText()
            }
        }
        resumedBytes = 0
        header.removeAll(keepingCapacity: true)
    }
}
