/// Collects what the parser delivers, joining pieces of one kind.
struct Emission: Sendable {
    enum Kind { case reasoning, content, arguments }

    var deltas: [OutputDelta] = []
    /// Calls that were announced.
    private(set) var calls = 0

    mutating func announce(name: [UInt8], id: [UInt8]?) {
        deltas.append(.toolCall(index: calls, id: id, name: name))
        calls += 1
    }

    mutating func append(_ kind: Kind, _ input: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var joined = removeLast(kind) ?? []
        joined.append(input, range)
        push(kind, joined)
    }

    mutating func append(_ kind: Kind, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        guard var joined = removeLast(kind) else { return push(kind, bytes) }
        joined.append(contentsOf: bytes)
        push(kind, joined)
    }

    private mutating func push(_ kind: Kind, _ bytes: [UInt8]) {
        switch kind {
        case .reasoning: deltas.append(.reasoning(bytes))
        case .content: deltas.append(.content(bytes))
        case .arguments: deltas.append(.arguments(index: calls - 1, bytes))
        }
    }

    /// Takes the last delta off if it is of the kind, so that its bytes can grow where they lie.
    private mutating func removeLast(_ kind: Kind) -> [UInt8]? {
        switch (kind, deltas.last) {
        case (.reasoning, .reasoning(let bytes)?), (.content, .content(let bytes)?):
            deltas.removeLast()
            return bytes
        case (.arguments, .arguments(calls - 1, let bytes)?):
            deltas.removeLast()
            return bytes
        default: return nil
        }
    }
}

extension [UInt8] {
    mutating func append(_ input: Span<UInt8>, _ range: Range<Int>) {
        input.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
