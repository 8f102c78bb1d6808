/// The markers of a block of calls, by where they count.
struct CallMarkers: Sendable {
    /// What a marker means between calls, or between the arguments of one.
    enum Boundary: Sendable { case item, close }

    /// Between calls.
    let boundaries: MarkerSet<Boundary>
    let headerEnds: MarkerSet<Void>
    /// Behind arguments that are one value, or behind one of several.
    let ends: MarkerSet<Void>
    /// Between arguments.
    let tags: MarkerSet<Boundary>
    let keyEnds: MarkerSet<Void>
    let noteEnds: MarkerSet<Void>
    let valueOpens: MarkerSet<Void>
    let verbatimOpens: MarkerSet<Void>
    let verbatimEnds: MarkerSet<Void>

    init(_ block: CallBlock) {
        var boundaries = block.closes.map { ($0, Boundary.close) }
        if let open = block.itemOpen { boundaries.append((open, .item)) }
        self.boundaries = MarkerSet(boundaries)
        var (headers, ends, tags): ([Marker], [Marker], [(Marker, Boundary)]) = ([], [], [])
        var (keys, notes, opens): ([Marker], [Marker], [Marker]) = ([], [], [])
        var verbatim: (opens: [Marker], ends: [Marker]) = ([], [])
        switch block.body {
        case .object: break
        case .named(let named): (headers, ends) = (named.header.ends, named.closes)
        case .tagged(let tagged):
            (headers, ends, keys) = (tagged.header.ends, [tagged.valueClose], [tagged.keyClose])
            tags = [(tagged.keyOpen, .item), (tagged.close, .close)]
            if case .attribute(let end) = tagged.typeNote { notes = [end] }
            if let open = tagged.valueOpen { opens = [open] }
            if let own = tagged.verbatim {
                verbatim = ([own.open], [Marker(bytes: own.close.bytes + tagged.valueClose.bytes)])
            }
        case .nested(let nested):
            (headers, keys) = (nested.header.ends, [nested.nameEnd])
            tags = [(nested.open, .item), (nested.close, .close)]
        }
        headerEnds = MarkerSet(headers.map { ($0, ()) })
        self.ends = MarkerSet(ends.map { ($0, ()) })
        self.tags = MarkerSet(tags)
        keyEnds = MarkerSet(keys.map { ($0, ()) })
        noteEnds = MarkerSet(notes.map { ($0, ()) })
        valueOpens = MarkerSet(opens.map { ($0, ()) })
        verbatimOpens = MarkerSet(verbatim.opens.map { ($0, ()) })
        verbatimEnds = MarkerSet(verbatim.ends.map { ($0, ()) })
    }
}
