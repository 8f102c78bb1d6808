package import ServingModel

/// Looks for a trigger in text that comes in pieces.
package struct TriggerScanner {
    private let text: [UInt8]?
    private let openings: [[UInt8]]
    private let closings: [[UInt8]]
    private let tailBytesMax: Int
    private var isReasoning: Bool
    /// The end of the text so far.
    private var tail: [UInt8] = []

    package init(_ trigger: ConstraintTrigger) {
        text = trigger.text
        openings = trigger.reasoning?.openings ?? []
        closings = trigger.reasoning?.closings ?? []
        isReasoning = trigger.reasoning?.isOpen ?? false
        tailBytesMax = max(text?.count ?? 0, (openings + closings).map(\.count).max() ?? 0)
    }

    /// Takes more text; nil if the trigger has not come with it, and otherwise what is constrained of the text so far:
    /// the trigger's own text and what stands behind it, or behind the white space after reasoning.
    package mutating func feed(_ piece: [UInt8]) -> [UInt8]? {
        for (at, byte) in piece.enumerated() where isTrigger(byte) {
            let rest = piece[(at + 1)...]
            return text.map { $0 + rest } ?? Array(rest.drop { [0x20, 0x0A, 0x0D, 0x09].contains($0) })
        }
        return nil
    }

    /// Whether the trigger is complete with a byte.
    private mutating func isTrigger(_ byte: UInt8) -> Bool {
        if tail.count == tailBytesMax, !tail.isEmpty { tail.removeFirst() }
        tail.append(byte)
        if isReasoning {
            guard closings.contains(where: ends) else { return false }
            isReasoning = false
            tail = []
            return text == nil
        }
        if openings.contains(where: ends) {
            isReasoning = true
            tail = []
            return false
        }
        return text.map(ends) ?? false
    }

    /// Whether the text ends with `pattern`, which is not empty.
    private func ends(with pattern: [UInt8]) -> Bool {
        guard pattern.last == tail.last, pattern.count <= tail.count, !pattern.isEmpty else { return false }
        return tail.suffix(pattern.count).elementsEqual(pattern)
    }
}
