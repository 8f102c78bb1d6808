/// The numbers of tokens by how the file spells them; made once for each load.
struct SpellingTable {
    private var blob: [UInt8] = []
    private var entries: [Entry] = []
    /// Indices into `entries`; -1 in unused slots.
    private var slots: [Int32]

    private struct Entry {
        let hash: UInt64
        let start: Int
        let end: Int
        let token: Int32
    }

    /// Room for `count` spellings.
    init(capacity count: Int) {
        var size = 16
        while size < count * 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
        entries.reserveCapacity(count)
    }

    /// Adds a spelling; false if there is one already, which stays.
    mutating func insert(_ spelling: some Collection<UInt8>, token: Int32) -> Bool {
        let hash = Self.hash(spelling)
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at] >= 0 {
            if matches(entries[Int(slots[at])], hash, spelling) { return false }
            at = (at + 1) & (slots.count - 1)
        }
        precondition(entries.count < slots.count - 1, "a spelling table takes as many as it was made for")
        slots[at] = Int32(entries.count)
        let start = blob.count
        blob.append(contentsOf: spelling)
        entries.append(Entry(hash: hash, start: start, end: blob.count, token: token))
        return true
    }

    subscript(spelling: some Collection<UInt8>) -> Int32? {
        let hash = Self.hash(spelling)
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at] >= 0 {
            let entry = entries[Int(slots[at])]
            if matches(entry, hash, spelling) { return entry.token }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func matches(_ entry: Entry, _ hash: UInt64, _ spelling: some Collection<UInt8>) -> Bool {
        entry.hash == hash && blob[entry.start..<entry.end].elementsEqual(spelling)
    }

    /// FNV-1a with a last mixing, since the slots are taken from the low bits.
    @inline(__always)
    private static func hash(_ spelling: some Collection<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in spelling { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash ^ hash >> 32
    }
}
