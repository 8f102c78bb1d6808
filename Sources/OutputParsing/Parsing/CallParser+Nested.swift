import JSONBytes
import SchemaGrammar

/// Calls whose arguments are elements within elements: JSON is made of them as they come.
extension CallParser {
    /// An element that is open.
    struct Element: Sendable {
        /// What the element is made into, which is known only when something of it was read.
        enum Content: Sendable { case undecided, object, list }

        let types: ArgumentTypes?
        var content = Content.undecided
        var children = 0
        /// An element inside of this one, or its own end.
        let marks: MarkerSet<CallMarkers.Boundary>
    }

    /// Begins the arguments: an object whose members are elements.
    mutating func beginElements() {
        item.elements = [Element(types: item.types, content: .object, marks: markers.tags)]
        phase = .element
    }

    mutating func stepNested(
        _ syntax: NestedSyntax, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        switch phase {
        case .element: stepElement(input, &at, &out)
        case .elementName: stepElementName(syntax, input, &at, &out)
        default: stepElementValue(input, &at, &out)
        }
    }

    /// Before an element, or at the end of the one that holds them.
    private mutating func stepElement(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard skipSpace(input, &at) != nil else { return .more }
        guard let marks = item.elements.last?.marks else { return .broken }
        switch marks.match(input, at: at, isLast: isLast) {
        case .partial: return .more
        case .none: return .broken
        case .full(.item, let length):
            at += length
            beginName()
        case .full(.close, let length):
            at += length
            endContainer(&out)
        }
        return .next
    }

    private mutating func beginName() {
        item.key.removeAll(keepingCapacity: true)
        phase = .elementName
    }

    /// Ends the innermost element, which is an object or a list, or with the outermost the call.
    private mutating func endContainer(_ out: inout Emission) {
        guard let element = item.elements.popLast() else { return }
        if item.elements.isEmpty {
            out.append(.arguments, Array((element.children == 0 ? "{}" : "}").utf8))
            return endCall()
        }
        out.append(.arguments, Array((element.content == .list ? "]" : "}").utf8))
        phase = .element
    }

    private mutating func stepElementName(
        _ syntax: NestedSyntax, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        guard let length = collect(upTo: markers.keyEnds, input, &at, into: \.item.key) else {
            guard item.key.count >= OutputLimits.headerBytes else { return .more }
            return refuse(syntax.open.bytes + item.key, &out)
        }
        let isItem = item.key == syntax.itemName.bytes
        guard let last = item.elements.indices.last, item.elements.count < OutputLimits.depth, !item.key.isEmpty,
            item.key[0] != UInt8(ascii: "/"), isItem || item.elements[last].content != .list
        else { return refuse(syntax.open.bytes + item.key, &out) }
        at += length
        beginElement(syntax, isItem: isItem, in: last, &out)
        return .next
    }

    private mutating func refuse(_ text: [UInt8], _ out: inout Emission) -> Step {
        out.append(.content, text)
        return .broken
    }

    /// Writes what stands before the element's value in the JSON.
    private mutating func beginElement(_ syntax: NestedSyntax, isItem: Bool, in last: Int, _ out: inout Emission) {
        var parent = item.elements[last]
        item.made.removeAll(keepingCapacity: true)
        if parent.content == .undecided { parent.content = isItem && !parent.isObject ? .list : .object }
        let open = parent.content == .list ? "[" : "{"
        item.made.append(contentsOf: (parent.children == 0 ? open : ", ").utf8)
        let types: ArgumentTypes?
        if parent.content == .list {
            types = parent.types?.items
        } else {
            let key = item.key
            item.made.append(quoting: key.span, 0..<key.count)
            item.made.append(contentsOf: ": ".utf8)
            types = parent.types?.member(String(decoding: item.key, as: UTF8.self))
        }
        parent.children += 1
        item.elements[last] = parent
        out.append(.arguments, item.made)

        let end = Marker(bytes: syntax.end.bytes + item.key + syntax.nameEnd.bytes)
        item.elements.append(Element(types: types, marks: MarkerSet([(syntax.open, .item), (end, .close)])))
        // Inside of a value of which the schema says nothing, a number is meant as one.
        item.kind = types?.isUnknown != false && last > 0 ? .value : types?.kind ?? .text
        item.value.removeAll(keepingCapacity: true)
        item.space.removeAll(keepingCapacity: true)
        item.isAtValueStart = true
        item.isQuoted = false
        phase = .elementValue
    }

    private mutating func stepElementValue(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard let element = item.elements.last else { return .broken }
        if item.isAtValueStart {
            let start = at
            let next = skipSpace(input, &at)
            item.space.append(input, start..<at)
            if next == nil, item.space.count <= OutputLimits.spaceBytes { return .more }
            if next != nil {
                switch element.marks.match(input, at: at, isLast: isLast) {
                case .partial: return .more
                case .none: break
                case .full(.item, let length):
                    at += length
                    beginName()
                    return .next
                case .full(.close, let length):
                    at += length
                    return endEmpty(element, &out)
                }
            }
            takeSpace(&out)
        }
        return stepElementText(element, input, &at, &out)
    }

    /// Takes text up to the element's end; what looks like an element inside of it is part of the text.
    private mutating func stepElementText(
        _ element: Element, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        while at < input.count {
            let found = element.marks.candidate(in: input, from: at) ?? input.count
            takeValue(input, at..<found, trimsLineFeeds: false, &out)
            at = found
            guard found < input.count else { return .more }
            switch element.marks.match(input, at: found, isLast: isLast, where: { $0 == .close }) {
            case .partial: return .more
            case .none:
                takeValue(input, found..<(found + 1), trimsLineFeeds: false, &out)
                at += 1
            case .full(_, let length):
                at += length
                return endText(&out)
            }
        }
        return .more
    }

    private mutating func endText(_ out: inout Emission) -> Step {
        endValue(&out)
        item.elements.removeLast()
        phase = .element
        return .next
    }

    /// Ends an element with nothing inside but white space: an empty list or object where it can be nothing else.
    private mutating func endEmpty(_ element: Element, _ out: inout Emission) -> Step {
        if item.kind == .value, let empty = element.emptyContainer {
            item.elements.removeLast()
            out.append(.arguments, Array(empty.utf8))
            phase = .element
            return .next
        }
        takeSpace(&out)
        return endText(&out)
    }

    /// Takes the white space at an element's beginning as text.
    private mutating func takeSpace(_ out: inout Emission) {
        let space = item.space
        takeValue(space.span, 0..<space.count, trimsLineFeeds: false, &out)
        item.isAtValueStart = false
    }
}

extension CallParser.Element {
    /// Whether elements inside of it are members, whatever their names.
    fileprivate var isObject: Bool { types.map { $0.mayBeObject && !$0.mayBeArray } ?? false }

    fileprivate var emptyContainer: String? {
        guard let types, types.mayBeArray != types.mayBeObject else { return nil }
        return types.mayBeArray ? "[]" : "{}"
    }
}
