/// Content and reasoning: text up to the next marker.
extension OutputParser {
    /// Takes text up to a marker and then the marker; false if what is left may become one.
    mutating func stepText(_ input: Span<UInt8>, _ at: inout Int) -> Bool {
        let markers = mode == .content ? markers.content : markers.reasoning
        if !bareBlocks.isEmpty, mode == .content, !hasContent, beginsBare(input, &at) { return true }
        var from = at
        while let found = markers.candidate(in: input, from: from) {
            let isFirst = isFirst(input, at..<found)
            let match = markers.match(input, at: found, isLast: isLast) { meaning in
                if case .first = meaning { return isFirst }
                return true
            }
            switch match {
            case .none: from = found + 1
            case .partial:
                take(input, at..<found)
                at = found
                return false
            case .full(let meaning, let length):
                take(input, at..<found)
                at = found + length
                take(meaning, input, found..<at)
                return true
            }
        }
        take(input, at..<input.count)
        at = input.count
        return true
    }

    /// Begins a block that needs no marker, if the answer's first byte is what a call begins with.
    private mutating func beginsBare(_ input: Span<UInt8>, _ at: inout Int) -> Bool {
        var first = at
        while first < input.count, input[first].isJSONSpace { first += 1 }
        guard first < input.count else { return false }
        let block = bareBlocks.first { format.syntax.calls[$0].mayBeginBare(with: input[first]) }
        guard let block else { return false }
        take(input, at..<first)
        guard !hasContent else { return false }
        at = first
        beginCalls(block, startsInItem: false, opening: [])
        return true
    }

    /// Whether nothing but white space stands before a place in the text.
    private func isFirst(_ input: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard mode == .content ? !hasContent : !hasReasoning else { return false }
        guard space.count + range.count <= OutputLimits.spaceBytes else { return false }
        return range.allSatisfy { input[$0].isJSONSpace }
    }

    /// Takes text that is no marker: white space at its end waits for what follows.
    private mutating func take(_ input: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if mode == .reasoning && !separatesReasoning { return out.append(.content, input, range) }
        var (start, end) = (range.lowerBound, range.upperBound)
        while end > start, input[end - 1].isJSONSpace { end -= 1 }
        if end > start {
            if dropsSpace {
                while input[start].isJSONSpace { start += 1 }
                space.removeAll(keepingCapacity: true)
            }
            flushSpace()
            deliver(input, start..<end)
            isSpaceText = false
            dropsSpace = false
        }
        if dropsSpace { return }
        if isSpaceText || space.count + range.upperBound - end > OutputLimits.spaceBytes {
            flushSpace()
            deliver(input, end..<range.upperBound)
            isSpaceText = true
        } else {
            space.append(input, end..<range.upperBound)
        }
    }

    private mutating func deliver(_ input: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        out.append(mode == .content ? .content : .reasoning, input, range)
        if mode == .content { hasContent = true } else { hasReasoning = true }
    }

    mutating func flushSpace() {
        guard !space.isEmpty else { return }
        out.append(mode == .reasoning ? .reasoning : .content, space)
        space.removeAll(keepingCapacity: true)
        if mode == .content { hasContent = true } else { hasReasoning = true }
    }

    private mutating func take(_ meaning: Meaning, _ input: Span<UInt8>, _ range: Range<Int>) {
        isSpaceText = false
        switch meaning {
        case .first(let meaning): take(meaning, input, range)
        case .reasoningOpen:
            writeOut(input, range)
            beginReasoning()
        case .reasoningClose:
            if mode == .reasoning { writeOut(input, range) }
            endReasoning()
        case .silent:
            if mode == .reasoning { writeOut(input, range) }
            space.removeAll(keepingCapacity: true)
        case .header:
            header = space
            header.append(input, range)
            space.removeAll(keepingCapacity: true)
            mode = .header
        case .messageEnd:
            if mode == .reasoning { writeOut(input, range) }
            endReasoning()
            dropsSpace = false
        case .calls(let index, let isItem):
            var opening: [UInt8] = []
            opening.append(input, range)
            if mode == .reasoning { endReasoning() }
            beginCalls(index, startsInItem: isItem, opening: opening)
        }
    }

    /// Leaves a marker of reasoning in the content if reasoning is to stay there.
    private mutating func writeOut(_ input: Span<UInt8>, _ range: Range<Int>) {
        guard !separatesReasoning else { return }
        flushSpace()
        out.append(.content, input, range)
    }

    mutating func beginReasoning() {
        mode = .reasoning
        space.removeAll(keepingCapacity: true)
        dropsSpace = true
        hasReasoning = false
    }

    mutating func endReasoning() {
        mode = .content
        space.removeAll(keepingCapacity: true)
        dropsSpace = separatesReasoning
    }
}
