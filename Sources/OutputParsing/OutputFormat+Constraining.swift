/// What it takes to hold a part of an answer to a grammar.
extension OutputFormat {
    /// Texts around reasoning that may stand in the midst of an answer.
    package struct ReasoningTexts: Sendable, Equatable {
        package let opens: [[UInt8]]
        package let closes: [[UInt8]]
    }

    /// What stands around reasoning; nil where it is not told from the answer by texts of its own.
    package var reasoningTexts: ReasoningTexts? {
        syntax.reasoning.map { reasoning in
            ReasoningTexts(opens: reasoning.opens.map(\.bytes), closes: reasoning.closes.map(\.bytes))
        }
    }

    /// The one text with which every call of the format begins, as `forcedCall` does too, and which begins calls
    /// wherever `reasoningTexts` are not open; nil where there is none, so that free text cannot be held to a grammar as
    /// soon as a call begins in it.
    package var callOpening: [UInt8]? {
        guard let shape = forcedCall, syntax.channels == nil, syntax.calls.count == 1, let block = syntax.calls.first,
            !block.itemOpensBlock, block.opens.count == 1, let opening = block.opens.first,
            (shape.opening + shape.beforeName).starts(with: opening.bytes)
        else { return nil }
        return opening.bytes
    }

    /// Whether a call ends reasoning that is open.
    package var callsEndReasoning: Bool { syntax.reasoning?.endsAtCalls ?? false }

    /// Whether the format tells calls from text at all.
    package var hasCalls: Bool { !syntax.calls.isEmpty }

    /// Whether an answer has to be parsed even if it cannot hold calls.
    package var isMoreThanCalls: Bool {
        syntax.reasoning != nil || syntax.channels != nil || !syntax.silent.isEmpty
    }
}

extension OutputParser {
    /// Whether the next byte of the answer is reasoning.
    package var isInReasoning: Bool { mode == .reasoning }
}
