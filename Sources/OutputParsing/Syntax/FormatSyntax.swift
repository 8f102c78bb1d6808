/// How a model writes, as the parser needs to know it.
struct FormatSyntax: Sendable {
    var reasoning: ReasoningSyntax?
    var calls: [CallBlock] = []
    var channels: ChannelSyntax?
    /// Control tokens that frame the answer and are no part of it.
    var silent: [Marker] = []
    /// Ordinary text that frames the answer, and is no part of it only where no other text came before.
    var silentFirst: [Marker] = []
    /// Control tokens that occur only as part of a longer marker.
    var tokens: [Marker] = []
    /// Texts at the end of a prompt that belong to the answer: it is parsed as if the model had written them.
    var resumes: [Marker] = []

    /// Every text that the parser looks for and that can be a control token of a vocabulary.
    var controlTexts: [[UInt8]] {
        var found: [[UInt8]] = []
        for marker in allMarkers where marker.looksLikeToken && !found.contains(marker.bytes) {
            found.append(marker.bytes)
        }
        return found
    }

    private var allMarkers: [Marker] {
        var all = silent + silentFirst + tokens
        if let reasoning { all += reasoning.opens + reasoning.closes }
        if let channels { all += channels.opens + [channels.headerEnd] + channels.closes }
        for block in calls {
            all += block.opens + block.closes
            if let open = block.itemOpen { all.append(open) }
            switch block.body {
            case .object: break
            case .named(let named): all += named.header.markers + named.closes
            case .tagged(let tagged):
                all += tagged.header.markers + [tagged.keyOpen, tagged.keyClose, tagged.valueClose, tagged.close]
                if let open = tagged.valueOpen { all.append(open) }
            case .nested(let nested): all += nested.header.markers + [nested.close]
            }
        }
        return all
    }
}

extension HeaderSyntax {
    var markers: [Marker] {
        switch parts {
        case .name, .numberedFunction: ends
        case .prefixed(let mark), .nameThenID(let mark), .idThenName(let mark), .nameThenRest(let mark): ends + [mark]
        }
    }
}

extension Marker {
    /// Whether the text could be one token of a vocabulary and no ordinary text.
    fileprivate var looksLikeToken: Bool {
        bytes.count > 2 && !bytes.contains(0x0A)
            && [UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "]"), 0xE2, 0xEF].contains(bytes[0])
    }
}
