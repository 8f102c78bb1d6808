/// The markers that count in text, by what the text is; made once for a format.
struct TextMarkers: Sendable {
    /// What a marker means.
    enum Meaning: Sendable {
        case reasoningOpen, reasoningClose, silent, header, messageEnd
        /// The block of this number begins; `item` says that it does with a call.
        case calls(Int, item: Bool)
        /// Counts only where no text came before it.
        indirect case first(Meaning)
    }

    let content: MarkerSet<Meaning>
    let reasoning: MarkerSet<Meaning>

    init(_ syntax: FormatSyntax, withCalls: Bool) {
        let framing = Self.channels(syntax)
        let calls = withCalls ? Self.calls(syntax) : []
        var content: [(Marker, Meaning)] = syntax.silent.map { ($0, .silent) }
        content += syntax.silentFirst.map { ($0, .first(.silent)) }
        var reasoning: [(Marker, Meaning)] = []
        if let own = syntax.reasoning {
            content += own.opens.map { ($0, own.opensAnywhere ? .reasoningOpen : .first(.reasoningOpen)) }
            content += own.closes.map { ($0, .first(.reasoningClose)) }
            reasoning += own.closes.map { ($0, .reasoningClose) }
            reasoning += own.opens.map { ($0, .first(.silent)) }
            if own.endsAtCalls { reasoning += calls }
        }
        self.content = MarkerSet(content + calls + framing)
        self.reasoning = MarkerSet(reasoning + framing)
    }

    private static func calls(_ syntax: FormatSyntax) -> [(Marker, Meaning)] {
        syntax.calls.enumerated().flatMap { index, block -> [(Marker, Meaning)] in
            var markers = block.opens.map { ($0, Meaning.calls(index, item: false)) }
            if block.itemOpensBlock, let open = block.itemOpen { markers.append((open, .calls(index, item: true))) }
            return markers
        }
    }

    private static func channels(_ syntax: FormatSyntax) -> [(Marker, Meaning)] {
        guard let channels = syntax.channels else { return [] }
        return channels.opens.map { ($0, .header) } + channels.closes.map { ($0, .messageEnd) }
    }
}
