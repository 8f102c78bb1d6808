package import ServingModel

/// Looks for a trigger in text that comes in pieces.
package struct TriggerScanner {
    private let openings: [ConstraintTrigger.Opening]
    private let aside: ConstraintTrigger.Aside?
    private let tailBytesMax: Int
    private var isAside: Bool
    /// Bytes that are no white space, since the beginning or the last aside.
    private var textBytes = 0
    /// The end of the text so far.
    private var tail: [UInt8] = []

    package init(_ trigger: ConstraintTrigger) {
        openings = trigger.openings
        aside = trigger.aside
        isAside = trigger.aside?.isOpen ?? false
        let texts = openings.map(\.text) + (aside.map { $0.openings + $0.closings } ?? [])
        tailBytesMax = texts.map(\.count).max() ?? 0
    }

    /// Takes more text; nil if the trigger has not come with it, and otherwise what is constrained of the text so far:
    /// what the opening stands for and what follows it, or what follows an aside and the white space behind it.
    package mutating func feed(_ piece: [UInt8]) -> [UInt8]? {
        for (at, byte) in piece.enumerated() {
            guard let begun = begins(with: byte) else { continue }
            let rest = piece[(at + 1)...]
            return openings.isEmpty ? Array(rest.drop(while: \.isSpace)) : begun + rest
        }
        return nil
    }

    /// What the constrained text has begun with if the trigger is complete with a byte.
    private mutating func begins(with byte: UInt8) -> [UInt8]? {
        if tail.count == tailBytesMax, !tail.isEmpty { tail.removeFirst() }
        tail.append(byte)
        if !byte.isSpace { textBytes += 1 }
        if isAside {
            guard aside?.closings.contains(where: ends) ?? false else { return nil }
            leaveTail(aside: false)
            return openings.isEmpty ? [] : nil
        }
        if let opening = openings.first(where: { ends(with: $0.text) }) { return opening.standsFor }
        if let aside, let mark = aside.openings.first(where: ends),
            aside.opensAnywhere || textBytes == mark.count(where: { !$0.isSpace })
        {
            leaveTail(aside: true)
        }
        return nil
    }

    private mutating func leaveTail(aside: Bool) {
        isAside = aside
        tail = []
        textBytes = 0
    }

    /// Whether the text ends with `pattern`, which is not empty.
    private func ends(with pattern: [UInt8]) -> Bool {
        guard pattern.last == tail.last, pattern.count <= tail.count, !pattern.isEmpty else { return false }
        return tail.suffix(pattern.count).elementsEqual(pattern)
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
