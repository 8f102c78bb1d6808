import JSONBytes
import SchemaGrammar

/// Calls whose arguments stand between tags as text: JSON is made of them as they come.
extension CallParser {
    mutating func stepTagged(
        _ syntax: TaggedSyntax, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        switch phase {
        case .tag: return stepTag(input, &at, &out)
        case .argumentKey:
            guard let length = collect(upTo: markers.keyEnds, input, &at, into: \.item.key) else {
                return leave(item.key, &out)
            }
            at += length
            if case .attribute = syntax.typeNote { phase = .typeNote } else { beginValue(syntax, &out) }
        case .typeNote:
            guard let length = collect(upTo: markers.noteEnds, input, &at, into: \.item.note) else {
                return leave(item.note, &out)
            }
            at += length
            beginValue(syntax, &out)
        case .argumentOpen:
            guard skipSpace(input, &at) != nil else { return .more }
            switch markers.valueOpens.match(input, at: at, isLast: isLast) {
            case .partial: return .more
            case .none: return .broken
            case .full(_, let length): at += length
            }
            phase = .argumentValue
        default: return stepArgumentValue(syntax, input, &at, &out)
        }
        return .next
    }

    /// Waits for the rest of a key or a note, unless that is too long to be one.
    private func leave(_ text: [UInt8], _ out: inout Emission) -> Step {
        guard text.count >= OutputLimits.headerBytes else { return .more }
        out.append(.content, text)
        return .broken
    }

    /// Delivers what is held of an argument when the answer ends inside.
    mutating func endArgument(_ out: inout Emission) {
        guard phase == .argumentValue || phase == .elementValue else { return }
        out.append(.arguments, item.value)
    }

    /// Before an argument, or at the end of the call.
    private mutating func stepTag(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard skipSpace(input, &at) != nil else { return .more }
        switch markers.tags.match(input, at: at, isLast: isLast) {
        case .partial: return .more
        case .none: return .broken
        case .full(.item, let length):
            at += length
            item.key.removeAll(keepingCapacity: true)
            item.note.removeAll(keepingCapacity: true)
            phase = .argumentKey
        case .full(.close, let length):
            at += length
            out.append(.arguments, Array((item.arguments == 0 ? "{}" : "}").utf8))
            endCall()
        }
        return .next
    }

    /// Writes the key, and decides how the value is to be read.
    private mutating func beginValue(_ syntax: TaggedSyntax, _ out: inout Emission) {
        let key = Array(item.key.trimmed)
        item.made.removeAll(keepingCapacity: true)
        item.made.append(contentsOf: (item.arguments == 0 ? "{" : ", ").utf8)
        item.made.append(quoting: key.span, 0..<key.count)
        item.made.append(contentsOf: ": ".utf8)
        out.append(.arguments, item.made)
        item.arguments += 1
        if case .attribute = syntax.typeNote {
            let isText = item.note.elementsEqual("true".utf8) || item.note.elementsEqual("string".utf8)
            item.kind = isText ? .text : .value
        } else {
            item.kind = item.types?.member(String(decoding: key, as: UTF8.self)).kind ?? .text
        }
        item.value.removeAll(keepingCapacity: true)
        item.isAtValueStart = true
        item.isVerbatim = false
        item.holdsLineFeed = false
        item.isQuoted = false
        phase = syntax.valueOpen == nil ? .argumentValue : .argumentOpen
    }

    private mutating func stepArgumentValue(
        _ syntax: TaggedSyntax, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        if item.isAtValueStart, syntax.verbatim != nil, at < input.count {
            switch markers.verbatimOpens.match(input, at: at, isLast: isLast) {
            case .partial: return .more
            case .none: break
            case .full(_, let length):
                at += length
                item.isVerbatim = true
            }
            item.isAtValueStart = false
        }
        let ends = item.isVerbatim ? markers.verbatimEnds : markers.ends
        while at < input.count {
            let found = ends.candidate(in: input, from: at) ?? input.count
            takeValue(input, at..<found, trimsLineFeeds: syntax.trimsLineFeeds, &out)
            at = found
            guard found < input.count else { return .more }
            switch ends.match(input, at: found, isLast: isLast) {
            case .partial: return .more
            case .none:
                takeValue(input, found..<(found + 1), trimsLineFeeds: syntax.trimsLineFeeds, &out)
                at += 1
            case .full(_, let length):
                at += length
                endValue(&out)
                phase = .tag
                return .next
            }
        }
        return .more
    }

    /// Takes a piece of the value's text; what grows too long to be held is a string.
    mutating func takeValue(
        _ input: Span<UInt8>, _ range: Range<Int>, trimsLineFeeds: Bool, _ out: inout Emission
    ) {
        var range = range
        guard !range.isEmpty else { return }
        item.made.removeAll(keepingCapacity: true)
        if trimsLineFeeds {
            let lineFeed = UInt8(ascii: "\n")
            if item.holdsLineFeed { item.made.append(lineFeed) }
            item.holdsLineFeed = false
            if item.isAtValueStart && input[range.lowerBound] == lineFeed {
                range = (range.lowerBound + 1)..<range.upperBound
            }
            if !range.isEmpty && input[range.upperBound - 1] == lineFeed {
                range = range.lowerBound..<(range.upperBound - 1)
                item.holdsLineFeed = true
            }
        }
        item.isAtValueStart = false
        item.made.append(input, range)
        if item.kind != .text {
            item.value.append(contentsOf: item.made)
            if item.value.count <= OutputLimits.heldBytes && item.kind.mayStillDiffer(item.value) { return }
            item.kind = .text
            swap(&item.value, &item.made)
            item.value.removeAll(keepingCapacity: true)
        }
        deliverMade(&out)
    }

    /// Delivers what has come of a string.
    private mutating func deliverMade(_ out: inout Emission) {
        guard !item.made.isEmpty else { return }
        item.json.removeAll(keepingCapacity: true)
        if !item.isQuoted { item.json.append(UInt8(ascii: "\"")) }
        item.isQuoted = true
        item.made.withUnsafeBufferPointer { JSONEscaping.append($0, to: &item.json) }
        out.append(.arguments, item.json.span, 0..<item.json.count)
    }

    mutating func endValue(_ out: inout Emission) {
        if item.kind != .text {
            if let json = item.kind.json(of: item.value) { return out.append(.arguments, json) }
            swap(&item.value, &item.made)
            deliverMade(&out)
        }
        out.append(.arguments, Array((item.isQuoted ? "\"" : "\"\"").utf8))
    }
}

extension [UInt8] {
    /// Appends text as a JSON string.
    mutating func append(quoting text: Span<UInt8>, _ range: Range<Int>) {
        append(UInt8(ascii: "\""))
        text.extracting(range).withUnsafeBufferPointer { JSONEscaping.append($0, to: &self) }
        append(UInt8(ascii: "\""))
    }
}
