package import ServingModel

/// Looks for a trigger in text that comes in pieces.
package struct TriggerScanner {
    private let text: [UInt8]?
    private let opening: [UInt8]
    private let closing: [UInt8]
    private let tailBytesMax: Int
    private var isReasoning: Bool
    /// The end of the text so far.
    private var tail: [UInt8] = []

    package init(_ trigger: ConstraintTrigger) {
        text = trigger.text.map { Array($0.utf8) }
        opening = Array((trigger.reasoning?.opening ?? "").utf8)
        closing = Array((trigger.reasoning?.closing ?? "").utf8)
        isReasoning = trigger.reasoning?.isOpen ?? false
        tailBytesMax = max(text?.count ?? 0, opening.count, closing.count)
    }

    /// Takes more text; nil if the trigger has not come with it, and otherwise what is constrained of the text so far:
    /// the trigger's own text and what stands behind it.
    package mutating func feed(_ piece: [UInt8]) -> [UInt8]? {
        for (at, byte) in piece.enumerated() where isTrigger(byte) { return (text ?? []) + piece[(at + 1)...] }
        return nil
    }

    /// Whether the trigger is complete with a byte.
    private mutating func isTrigger(_ byte: UInt8) -> Bool {
        if tail.count == tailBytesMax, !tail.isEmpty { tail.removeFirst() }
        tail.append(byte)
        if isReasoning {
            guard ends(with: closing) else { return false }
            isReasoning = false
            tail = []
            return text == nil
        }
        if ends(with: opening) {
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
