/// Calls that are JSON objects with a name and arguments among their members, in whatever order.
extension CallParser {
    struct ObjectState: Sendable {
        var key: [UInt8] = []
        var name: [UInt8] = []
        var id: [UInt8] = []
        var role = ObjectSyntax.Role.other
        var decoder = JSONStringDecoder()
        /// Objects inside of which the members stand, because `function` wraps them.
        var wrappings = 0
        var isBeforeBrace = true
        var isAfterComma = false
        var hasArguments = false
        /// Arguments that came before the name.
        var waiting: [UInt8] = []
        /// What of arguments given as a string was decoded from one piece of input.
        var decoded: [UInt8] = []
    }

    mutating func stepObject(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard case .object(let syntax) = block.body else { return .broken }
        switch phase {
        case .member: return stepMember(input, &at)
        case .key: return stepKey(syntax, input, &at, &out)
        case .colon:
            guard let byte = skipSpace(input, &at) else { return .more }
            guard byte == UInt8(ascii: ":") else { return .broken }
            at += 1
            phase = .memberValue
            return .next
        case .memberValue: return stepMemberValue(input, &at)
        case .name: return stepName(input, &at, &out)
        case .id: return stepString(input, &at, \.object.id)
        case .arguments: return stepArguments(input, &at, &out)
        case .argumentText: return stepArgumentText(input, &at, &out)
        case .skipped: return step(after: scanner.scan(input, &at))
        default: return stepAfterMember(input, &at, &out)
        }
    }

    private mutating func step(after result: ReadResult) -> Step {
        switch result {
        case .more: return .more
        case .broken: return .broken
        case .done:
            phase = .afterMember
            return .next
        }
    }

    /// Before the object's brace, or before a key.
    private mutating func stepMember(_ input: Span<UInt8>, _ at: inout Int) -> Step {
        guard let byte = skipSpace(input, &at) else { return .more }
        if object.isBeforeBrace {
            guard byte == UInt8(ascii: "{") else { return .broken }
            object.isBeforeBrace = false
        } else if byte == UInt8(ascii: "\"") {
            object.key.removeAll(keepingCapacity: true)
            phase = .key
        } else if byte == UInt8(ascii: "}") && !object.isAfterComma {
            phase = .afterMember
            return .next
        } else {
            return .broken
        }
        at += 1
        return .next
    }

    private mutating func stepString(
        _ input: Span<UInt8>, _ at: inout Int, _ text: WritableKeyPath<Self, [UInt8]>
    ) -> Step {
        let end = min(input.count, at + OutputLimits.headerBytes - self[keyPath: text].count)
        var decoder = object.decoder
        let result = decoder.decode(input.extracting(0..<end), &at, into: &self[keyPath: text])
        object.decoder = decoder
        if result == .more && end < input.count {
            return self[keyPath: text].count < OutputLimits.headerBytes ? .next : .broken
        }
        return step(after: result)
    }

    private mutating func stepKey(
        _ syntax: ObjectSyntax, _ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission
    ) -> Step {
        let result = stepString(input, &at, \.object.key)
        guard phase == .afterMember else { return result }
        phase = .colon
        if syntax.isKeyedByName {
            guard !isAnnounced, announce(name: object.key, id: nil, &out) else { return .broken }
            object.role = .arguments
            return .next
        }
        object.role = syntax.role(of: object.key)
        // An answer that is itself JSON shows at its first key that it is no call, and need not be held any longer.
        let isKnown = object.role != .other || object.key.elementsEqual("type".utf8)
        return needsKnownTool && !isKnown ? .broken : .next
    }

    private mutating func stepMemberValue(_ input: Span<UInt8>, _ at: inout Int) -> Step {
        guard let byte = skipSpace(input, &at) else { return .more }
        object.isAfterComma = false
        scanner.reset()
        switch (object.role, byte) {
        case (.name, UInt8(ascii: "\"")), (.function, UInt8(ascii: "\"")):
            phase = .name
            at += 1
        case (.function, UInt8(ascii: "{")):
            object.wrappings += 1
            phase = .member
            at += 1
        case (.name, _): return .broken
        case (.id, UInt8(ascii: "\"")):
            phase = .id
            at += 1
        case (.arguments, _) where object.hasArguments: return .broken
        case (.arguments, UInt8(ascii: "\"")):
            object.hasArguments = true
            phase = .argumentText
            at += 1
        case (.arguments, UInt8(ascii: "n")): phase = .skipped
        case (.arguments, _):
            object.hasArguments = true
            phase = .arguments
        default: phase = .skipped
        }
        return .next
    }

    private mutating func stepName(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        let result = stepString(input, &at, \.object.name)
        guard phase == .afterMember else { return result }
        let id = object.id.isEmpty ? nil : object.id
        guard !isAnnounced, !object.name.isEmpty, announce(name: object.name, id: id, &out) else { return .broken }
        out.append(.arguments, object.waiting)
        object.waiting = []
        return .next
    }

    private mutating func stepArguments(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        let start = at
        let result = scanner.scan(input, &at)
        deliver(input, start..<at, &out)
        return step(after: result)
    }

    /// Arguments as a string that holds JSON, as OpenAI's API has them: they are decoded once.
    private mutating func stepArgumentText(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        object.decoded.removeAll(keepingCapacity: true)
        let result = object.decoder.decode(input, &at, into: &object.decoded)
        let text = object.decoded
        let span = text.span
        var end = 0
        if scanner.scan(span, &end) == .done { _ = skipSpace(span, &end) }
        deliver(span, 0..<end, &out)
        if end < text.count {
            if isAnnounced { out.append(.content, span, end..<text.count) }
            return .broken
        }
        if result == .done && !scanner.isWhole {
            guard scanner.isUntouched else { return .broken }
            object.hasArguments = false
        }
        return step(after: result)
    }

    private mutating func deliver(_ input: Span<UInt8>, _ range: Range<Int>, _ out: inout Emission) {
        if isAnnounced {
            out.append(.arguments, input, range)
        } else {
            object.waiting.append(input, range)
        }
    }

    private mutating func stepAfterMember(_ input: Span<UInt8>, _ at: inout Int, _ out: inout Emission) -> Step {
        guard let byte = skipSpace(input, &at) else { return .more }
        switch byte {
        case UInt8(ascii: ","):
            object.isAfterComma = true
            phase = .member
        case UInt8(ascii: "}") where object.wrappings > 0: object.wrappings -= 1
        case UInt8(ascii: "}"):
            guard isAnnounced else { return .broken }
            if !object.hasArguments { out.append(.arguments, Array("{}".utf8)) }
            endCall()
        default: return .broken
        }
        at += 1
        return .next
    }
}
