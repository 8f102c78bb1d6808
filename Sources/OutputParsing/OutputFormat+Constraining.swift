package import ServingModel

/// What it takes to hold a part of an answer to a grammar.
extension OutputFormat {
    /// When calls that were asked for may begin: as soon as the reasoning that is open has ended.
    package var reasoningEnd: ConstraintTrigger { ConstraintTrigger(openings: [], aside: aside(isOpen: true)) }

    /// When the model has begun calls of its own accord, which then can be held to `forcedCall`; nil where that cannot
    /// be told from their first bytes (docs/decisions/0094).
    package func callTrigger(isInReasoning: Bool) -> ConstraintTrigger? {
        guard let frame = forcedCall else { return nil }
        let begin = Array((frame.opening + frame.beforeName).utf8)
        let openings = syntax.channels.map { channelOpenings($0, begin) } ?? blockOpenings(begin)
        guard !openings.isEmpty else { return nil }
        let hidesCalls = syntax.reasoning?.endsAtCalls == false
        return ConstraintTrigger(openings: openings, aside: hidesCalls ? aside(isOpen: isInReasoning) : nil)
    }

    /// The stretches in which calls are none: reasoning, or in a series of messages their text.
    private func aside(isOpen: Bool) -> ConstraintTrigger.Aside? {
        if let channels = syntax.channels {
            return ConstraintTrigger.Aside(
                openings: [channels.headerEnd.bytes], closings: (channels.closes + channels.opens).map(\.bytes),
                opensAnywhere: true, isOpen: isOpen)
        }
        return syntax.reasoning.map { reasoning in
            ConstraintTrigger.Aside(
                openings: reasoning.opens.map(\.bytes), closings: reasoning.closes.map(\.bytes),
                opensAnywhere: reasoning.opensAnywhere, isOpen: isOpen)
        }
    }

    /// In headers of messages the recipient tells a call.
    private func channelOpenings(_ channels: ChannelSyntax, _ begin: [UInt8]) -> [ConstraintTrigger.Opening] {
        guard channels.dialect == .harmony else { return [] }
        return [ConstraintTrigger.Opening(text: Array("to=functions.".utf8), standsFor: begin)]
    }

    /// What begins a block, or a call without one, counts as what a forced call has in its place.
    private func blockOpenings(_ begin: [UInt8]) -> [ConstraintTrigger.Opening] {
        guard syntax.calls.count == 1, let block = syntax.calls.first, !block.isBare else { return [] }
        func prefix(through marker: Marker) -> [UInt8]? {
            begin.split(at: marker).map { before, _ in Array(before) + marker.bytes }
        }
        let blockBegin = block.opens.lazy.compactMap(prefix).first
        var openings: [ConstraintTrigger.Opening] = []
        for marker in block.opens {
            guard let standsFor = prefix(through: marker) ?? blockBegin else { return [] }
            openings.append(.init(text: marker.bytes, standsFor: standsFor))
        }
        if block.itemOpensBlock, let marker = block.itemOpen {
            guard let standsFor = prefix(through: marker) else { return [] }
            openings.append(.init(text: marker.bytes, standsFor: standsFor))
        }
        return openings
    }

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
