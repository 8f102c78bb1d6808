/// Finds the slot of a stream: open addressing with linear probing, at most half full.
///
/// Stream ids are handed out in order, so an id's half is hash enough: calls that were begun together lie side by side.
struct StreamIndex {
    private struct Entry {
        /// 0 is none.
        var streamID: UInt32 = 0
        var slot: UInt32 = 0
    }

    private var entries = [Entry](repeating: Entry(), count: 64)
    private(set) var count = 0

    private var mask: Int { entries.count - 1 }

    /// O(1).
    @inline(__always)
    func slot(of streamID: UInt32) -> Int? {
        let mask = mask
        var place = Int(streamID >> 1) & mask
        while entries[place].streamID != 0 {
            if entries[place].streamID == streamID { return Int(entries[place].slot) }
            place = (place + 1) & mask
        }
        return nil
    }

    mutating func insert(_ streamID: UInt32, slot: Int) {
        if (count + 1) * 2 > entries.count { grow() }
        place(Entry(streamID: streamID, slot: UInt32(slot)))
        count += 1
    }

    /// Closes the gap by moving back what was pushed on by the entry.
    mutating func remove(_ streamID: UInt32) {
        let mask = mask
        var gap = Int(streamID >> 1) & mask
        while entries[gap].streamID != streamID {
            guard entries[gap].streamID != 0 else { return }
            gap = (gap + 1) & mask
        }
        var next = (gap + 1) & mask
        while entries[next].streamID != 0 {
            let home = Int(entries[next].streamID >> 1) & mask
            if (next - home) & mask >= (next - gap) & mask {
                entries[gap] = entries[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        entries[gap] = Entry()
        count -= 1
    }

    private mutating func place(_ entry: Entry) {
        var place = Int(entry.streamID >> 1) & mask
        while entries[place].streamID != 0 { place = (place + 1) & mask }
        entries[place] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: old.count * 2)
        for entry in old where entry.streamID != 0 { place(entry) }
    }
}
