/// Parses one block of calls, piece by piece.
///
/// Until a call's name is known, its text is held; then the call is announced and its arguments pass through as they
/// come. A step does one thing and then says whether another may follow.
struct CallParser: Sendable {
    enum Step {
        /// Another step may follow.
        case next
        /// More input must come.
        case more
        /// The block has ended; the position is behind it.
        case done
        /// What stands at the position cannot be; `text` is what was held, to be delivered as it is.
        case broken
    }

    /// Where in the block the position is. `gap` leads to a call and from there back, `done` and `broken` lead out.
    enum Phase {
        /// Outside of a call: before the first, between two, after the last.
        case gap
        /// In a call that is an object: see `CallParser+Objects`.
        case member, key, colon, memberValue, name, id, arguments, argumentText, skipped, afterMember
        /// In a call that begins with a header: see `CallParser+Items`.
        case header, value, valueEnd
        /// In a call of tagged arguments: see `CallParser+Tagged`.
        case tag, argumentKey, typeNote, argumentOpen, argumentValue
        /// In a call of nested elements: see `CallParser+Nested`.
        case element, elementName, elementValue
    }

    let block: CallBlock
    let markers: CallMarkers
    let tools: ToolTable
    /// Whether only calls of tools that the request offers are calls; any other text is an answer.
    let needsKnownTool: Bool
    /// Whether the block may end without its closing marker, because it began without the opening one.
    let mayOmitClose: Bool
    /// Whether no more input follows the piece.
    var isLast = false
    /// What was read and not delivered, so that it can be delivered as text if the call breaks.
    private(set) var held: [UInt8]
    private(set) var isAnnounced = false
    /// Calls of the block that are whole.
    private(set) var wholeCalls = 0
    /// Whether something of a call was read, beyond the block's opening.
    var hasBegun = false
    var phase = Phase.gap
    var list = ListState()
    var object = ObjectState()
    var item = ItemState()
    var scanner = JSONScanner()
    var transcoder: LiteralTranscoder

    /// Where the parser is in the list that calls may stand in.
    struct ListState: Sendable {
        var isOpen = false
        var wasClosed = false
        var hasSeparator = false
    }

    /// - Parameter held: The text that led here: the block's opening with the white space before it.
    init(
        _ block: CallBlock, markers: CallMarkers, startsInItem: Bool, tools: ToolTable, needsKnownTool: Bool,
        held: [UInt8]
    ) {
        self.block = block
        self.markers = markers
        self.tools = tools
        self.needsKnownTool = needsKnownTool
        self.held = held
        var dialect = LiteralDialect.python
        if case .named(let named) = block.body, case .literal(let own) = named.arguments { dialect = own }
        transcoder = LiteralTranscoder(dialect)
        mayOmitClose = block.closes.isEmpty || startsInItem
        if startsInItem { beginCall() }
    }

    /// Whether every call that has begun is whole, so that the answer may end here.
    var isComplete: Bool {
        if isAnnounced { return false }
        return (phase == .gap || phase == .valueEnd) && wholeCalls > 0 && !list.hasSeparator
    }

    mutating func step(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        if isAnnounced { return advance(input, &at, &out) }
        let start = at
        let end = min(input.count, start + max(0, OutputLimits.heldBytes - held.count))
        let result = advance(input.extracting(0..<end), &at, &out)
        if isAnnounced { return result }
        held.append(input, start..<at)
        if case .more = result, end < input.count { return .broken }
        return result
    }

    private mutating func advance(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        switch phase {
        case .gap: return stepGap(input, &at)
        case .member, .key, .colon, .memberValue, .name, .id, .arguments, .argumentText, .skipped, .afterMember:
            return stepObject(input, &at, &out)
        case .header: return stepHeader(input, &at, &out)
        case .value: return stepValue(input, &at, &out)
        case .valueEnd: return stepValueEnd(input, &at)
        case .tag, .argumentKey, .typeNote, .argumentOpen, .argumentValue:
            guard case .tagged(let syntax) = block.body else { return .broken }
            return stepTagged(syntax, input, &at, &out)
        case .element, .elementName, .elementValue:
            guard case .nested(let syntax) = block.body else { return .broken }
            return stepNested(syntax, input, &at, &out)
        }
    }

    /// Between calls: white space, brackets and separators of a list, the next call, or the block's end.
    private mutating func stepGap(_ input: Span<UInt8>, _ at: inout Int) -> Step {
        guard let byte = skipSpace(input, &at) else { return .more }
        if block.list != .never, takeListSign(byte) {
            at += 1
            let isEnd = list.wasClosed && block.closes.isEmpty
            return isEnd ? .done : .next
        }
        let mayBegin = list.isOpen ? wholeCalls == 0 || list.hasSeparator : !list.wasClosed && block.list != .required
        switch markers.boundaries.match(input, at: at, isLast: isLast) {
        case .partial: return .more
        case .full(.close, let length) where wholeCalls > 0 && !list.isOpen && !list.hasSeparator:
            at += length
            return .done
        case .full(.item, let length) where mayBegin:
            at += length
            beginCall()
            return .next
        default: break
        }
        if mayBegin, block.itemOpen == nil, beginsBody(byte) {
            beginCall()
            return .next
        }
        let mayEnd = wholeCalls > 0 && !list.isOpen && !list.hasSeparator && mayOmitClose
        return mayEnd ? .done : .broken
    }

    private mutating func takeListSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "[") where wholeCalls == 0 && !list.isOpen: list.isOpen = true
        case UInt8(ascii: "]") where list.isOpen && wholeCalls > 0 && !list.hasSeparator:
            (list.isOpen, list.wasClosed) = (false, true)
        case UInt8(ascii: ","), UInt8(ascii: ";"):
            guard wholeCalls > 0, !list.hasSeparator, !list.wasClosed else { return false }
            list.hasSeparator = true
        default: return false
        }
        return true
    }

    private func beginsBody(_ byte: UInt8) -> Bool {
        guard wholeCalls == 0 || block.list != .never else { return false }
        if case .object = block.body { return byte == UInt8(ascii: "{") }
        return ([byte][...]).isToolName
    }

    private mutating func beginCall() {
        hasBegun = true
        list.hasSeparator = false
        item = ItemState()
        switch block.body {
        case .object:
            object = ObjectState()
            phase = .member
        case .named, .tagged, .nested: phase = .header
        }
    }

    /// Announces the call that is being read; what was held of it is not text any more.
    mutating func announce(name: [UInt8], id: [UInt8]?, _ out: inout Emission) -> Bool {
        guard !needsKnownTool || tools.contains(name) else { return false }
        out.announce(name: name, id: id)
        held.removeAll(keepingCapacity: true)
        isAnnounced = true
        return true
    }

    mutating func endCall() {
        isAnnounced = false
        wholeCalls += 1
        phase = .gap
    }

    /// The next byte that is no white space.
    func skipSpace(_ input: Span<UInt8>, _ at: inout Int) -> UInt8? {
        while at < input.count {
            guard input[at].isJSONSpace else { return input[at] }
            at += 1
        }
        return nil
    }
}
