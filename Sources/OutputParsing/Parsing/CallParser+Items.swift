import SchemaGrammar

/// Calls that begin with a header, and those whose arguments are one value behind it.
extension CallParser {
    struct ItemState: Sendable {
        var header: [UInt8] = []
        var key: [UInt8] = []
        var note: [UInt8] = []
        /// An argument whose type is known only when it has ended.
        var value: [UInt8] = []
        var kind = ArgumentKind.text
        /// What the tool's schema says of the arguments.
        var types: ArgumentTypes?
        /// The elements that are open, each inside the one before; the first stands for the call.
        var elements: [Element] = []
        /// White space at the beginning of an element, which is text only if no element follows.
        var space: [UInt8] = []
        var arguments = 0
        var isAtValueStart = false
        var isVerbatim = false
        /// A line feed that is no part of the value if the value ends behind it.
        var holdsLineFeed = false
        /// Whether the value's opening quote was written.
        var isQuoted = false
        /// What of a value, or of its JSON, came from one piece of input.
        var made: [UInt8] = []
        /// The inside of a JSON string that was made from it.
        var json: [UInt8] = []
    }

    private var headerSyntax: HeaderSyntax? {
        switch block.body {
        case .object: nil
        case .named(let syntax): syntax.header
        case .tagged(let syntax): syntax.header
        case .nested(let syntax): syntax.header
        }
    }

    mutating func stepHeader(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard let syntax = headerSyntax else { return .broken }
        guard let length = collect(upTo: markers.headerEnds, input, &at, into: \.item.header) else {
            return item.header.count >= OutputLimits.headerBytes ? .broken : .more
        }
        guard let (name, id) = syntax.read(item.header) else {
            // Without a marker of its own, what was taken for a name may be the text that follows a quoted tag.
            hasBegun = block.itemOpen != nil
            return .broken
        }
        if !syntax.endBelongsToArguments { at += length }
        guard announce(name: name, id: id, &out) else { return .broken }
        item.types = tools.parameters(of: name).map(ArgumentTypes.init)
        switch block.body {
        case .tagged: phase = .tag
        case .nested: beginElements()
        case .object, .named: beginValue()
        }
        return .next
    }

    private mutating func beginValue() {
        scanner.reset()
        transcoder.reset()
        phase = .value
    }

    /// Begins the arguments of a call that was named outside of the block.
    mutating func beginArguments(name: [UInt8], _ out: inout Emission) {
        guard announce(name: name, id: nil, &out) else { return }
        beginValue()
    }

    /// Reads text up to one of the markers, and returns the marker's length; nil if it is not there yet, or if the text
    /// exceeds the limit of a header.
    mutating func collect(
        upTo markers: MarkerSet<Void>, _ input: Span<UInt8>, _ at: inout Int, into text: WritableKeyPath<Self, [UInt8]>
    ) -> Int? {
        while self[keyPath: text].count < OutputLimits.headerBytes {
            let end = min(input.count, at + OutputLimits.headerBytes - self[keyPath: text].count)
            let found = min(end, markers.candidate(in: input, from: at) ?? end)
            self[keyPath: text].append(input, at..<found)
            at = found
            guard found < end else { return nil }
            switch markers.match(input, at: found, isLast: isLast) {
            case .full(_, let length): return length
            case .partial: return nil
            case .none:
                self[keyPath: text].append(input[found])
                at += 1
            }
        }
        return nil
    }

    mutating func stepValue(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard case .named(let syntax) = block.body else { return .broken }
        if scanner.isUntouched && transcoder.isUntouched {
            guard skipSpace(input, &at) != nil else { return .more }
            switch markers.ends.match(input, at: at, isLast: isLast) {
            case .partial: return .more
            case .full:
                out.append(.arguments, Array("{}".utf8))
                return endValue(syntax)
            case .none: break
            }
        }
        let start = at
        let result: ReadResult
        if syntax.arguments == .json {
            result = scanner.scan(input, &at)
            out.append(.arguments, input, start..<at)
        } else {
            item.made.removeAll(keepingCapacity: true)
            result = transcoder.transcode(input, &at, isLast: isLast, into: &item.made)
            out.append(.arguments, item.made)
        }
        switch result {
        case .more: return .more
        case .broken: return .broken
        case .done: return endValue(syntax)
        }
    }

    /// The arguments are whole and with them the call; what closes it may be missing at the end of an answer.
    private mutating func endValue(_ syntax: NamedSyntax) -> Step {
        endCall()
        if !syntax.closes.isEmpty { phase = .valueEnd }
        return .next
    }

    mutating func stepValueEnd(_ input: Span<UInt8>, _ at: inout Int) -> Step {
        guard skipSpace(input, &at) != nil else { return .more }
        switch markers.ends.match(input, at: at, isLast: isLast) {
        case .partial: return .more
        case .none: return .broken
        case .full(_, let length):
            at += length
            phase = .gap
            return .next
        }
    }
}
