/// Parses one answer as it comes: reasoning, content and tool calls.
///
/// The joined deltas are the same however the text is cut into pieces. Text that a call would have been, had it not
/// broken, is delivered as content. Held back is at most what may become a marker, white space before one, and a call
/// whose name is not known yet (`OutputLimits`). O(n) in all; text without markers is looked at sixteen bytes at a time.
package struct OutputParser: Sendable {
    /// What the position is inside of. Calls return to content; the others lead to one another.
    enum Mode { case content, reasoning, header, call }

    typealias Meaning = TextMarkers.Meaning

    let format: OutputFormat
    let markers: TextMarkers
    let tools: ToolTable
    let separatesReasoning: Bool
    let isForced: Bool
    /// The blocks that need no marker to begin.
    let bareBlocks: [Int]

    var mode = Mode.content
    var out = Emission()
    /// The end of the last piece, of which it is not known yet what it is.
    private var pending: [UInt8] = []
    /// Whether no more input follows the piece.
    var isLast = false
    /// White space that is delivered only if text follows.
    var space: [UInt8] = []
    /// Whether the white space run that is being read was too long to be held.
    var isSpaceText = false
    /// Whether white space before the next text is no part of the answer.
    var dropsSpace = false
    /// Whether text or a call came before, in the answer or in the reasoning that is being read.
    var hasContent = false
    var hasReasoning = false
    var header: [UInt8] = []
    /// How much of the header the prompt had begun.
    var resumedBytes = 0
    var call: CallParser?
    /// Whether text that was read as part of a call turned out not to be one.
    private var isBroken = false

    /// - Parameters:
    ///   - promptTail: The rendered prompt's last bytes, since a template may already have opened the reasoning.
    ///   - tools: What may be called, with schemas for formats whose arguments are untyped; without tools, calls stay
    ///     text.
    ///   - separatesReasoning: False leaves reasoning in the content as the model wrote it.
    ///   - forced: Whether generation is held to `forcedCall`, so that the answer starts outside of reasoning.
    package init(
        _ format: OutputFormat, promptTail: [UInt8], tools: [ToolSignature], separatesReasoning: Bool, forced: Bool
    ) {
        self.format = format
        markers = tools.isEmpty ? format.markersWithoutCalls : format.markersWithCalls
        self.tools = ToolTable(tools)
        self.separatesReasoning = separatesReasoning
        isForced = forced
        bareBlocks = tools.isEmpty ? [] : format.syntax.calls.indices.filter { format.syntax.calls[$0].isBare }
        start(behind: promptTail)
    }

    /// Takes the next piece of the answer's text and appends what it makes certain.
    package mutating func feed(_ bytes: Span<UInt8>, into deltas: inout [OutputDelta]) {
        swap(&out.deltas, &deltas)
        if pending.isEmpty {
            let end = consume(bytes)
            pending.append(bytes, end..<bytes.count)
        } else {
            var piece: [UInt8] = []
            swap(&piece, &pending)
            piece.append(bytes, 0..<bytes.count)
            let end = consume(piece.span)
            piece.removeFirst(end)
            swap(&piece, &pending)
        }
        swap(&out.deltas, &deltas)
    }

    /// Ends the answer: delivers what was held back and says how it ended.
    package mutating func finish(into deltas: inout [OutputDelta]) -> OutputEnding {
        swap(&out.deltas, &deltas)
        isLast = true
        call?.isLast = true
        // Behind a whole call, what was held back is the beginning of its closing marker.
        let rest = call?.isComplete == true ? [] : pending
        pending = []
        _ = consume(rest.span)
        endMode()
        swap(&out.deltas, &deltas)
        if isBroken { return .malformed }
        return out.calls == 0 ? .text : .toolCalls(out.calls)
    }

    /// Takes what can be taken now, and returns how much that is.
    private mutating func consume(_ input: Span<UInt8>) -> Int {
        var at = 0
        while at < input.count {
            let goesOn =
                switch mode {
                case .content, .reasoning: stepText(input, &at)
                case .header: stepHeader(input, &at)
                case .call: stepCall(input, &at)
                }
            if !goesOn { break }
        }
        return at
    }

    /// Begins a block of calls, at the text that opened it.
    mutating func beginCalls(_ block: Int, startsInItem: Bool, opening: [UInt8]) {
        let syntax = format.syntax.calls[block]
        call = CallParser(
            syntax, markers: format.callMarkers[block], startsInItem: startsInItem, tools: tools,
            needsKnownTool: (syntax.isBare || syntax.needsKnownTool) && !isForced, held: space + opening)
        call?.isLast = isLast
        space = []
        hasContent = true
        dropsSpace = false
        mode = .call
    }

    private mutating func stepCall(_ input: Span<UInt8>, _ at: inout Int) -> Bool {
        switch call?.step(input, &at, &out) {
        case .next?: return true
        case .more?: return false
        case .broken?, nil: endBrokenCall()
        case .done?:
            // What follows a block without an end is text, and so is the white space before it.
            if let call, call.mayOmitClose, call.held.allSatisfy(\.isJSONSpace) { space = call.held }
            call = nil
            mode = .content
        }
        return true
    }

    private mutating func endBrokenCall() {
        if let call {
            out.append(.content, call.held)
            isBroken = isBroken || call.isAnnounced || call.wholeCalls > 0 || (call.hasBegun && !call.needsKnownTool)
        }
        call = nil
        mode = .content
        hasContent = true
    }

    private mutating func endMode() {
        switch mode {
        case .content:
            if out.calls == 0 { flushSpace() }
        case .reasoning: break
        case .header: leaveHeaderAsText()
        case .call:
            guard call?.isComplete == false else { break }
            call?.endArgument(&out)
            endBrokenCall()
        }
    }
}
