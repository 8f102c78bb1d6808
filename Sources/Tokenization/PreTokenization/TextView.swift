/// The text being encoded, as the scanners read it: UTF-8 whose characters have classes.
///
/// It lives no longer than one `encode`. A byte that belongs to no valid UTF-8 sequence is a character of its own
/// without a class.
struct TextView {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    let blocks: UnsafePointer<Int32>
    let classes: UnsafePointer<CharacterClass>

    struct Character {
        let kind: CharacterClass
        /// In bytes; at least 1.
        let length: Int
        let scalar: UInt32
    }

    /// - Parameter table: Lives longer than this.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>, _ table: CharacterTable = .shared
    ) {
        self.bytes = base
        self.count = bytes.count
        self.blocks = table.blocks
        self.classes = table.classes
    }

    /// Other bytes, whose characters have the classes of this text's.
    func with(_ other: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>) -> TextView {
        TextView(base, other.count, blocks, classes)
    }

    private init(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ blocks: UnsafePointer<Int32>,
        _ classes: UnsafePointer<CharacterClass>
    ) {
        bytes = base
        self.count = count
        self.blocks = blocks
        self.classes = classes
    }

    /// The character at `position`, which is below `limit`; it ends at `limit` at most.
    @inline(__always)
    func character(at position: Int, limit: Int) -> Character {
        let first = bytes[position]
        if first < 0x80 { return Character(kind: classes[Int(first)], length: 1, scalar: UInt32(first)) }
        return multiByteCharacter(at: position, limit: limit, first: UInt32(first))
    }

    @inline(__always)
    func slice(_ part: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + part.lowerBound, count: part.count)
    }

    @inline(__always)
    func kind(at position: Int, limit: Int) -> CharacterClass { character(at: position, limit: limit).kind }

    /// The end of the run of characters with one of the classes `kinds`, from `position` on.
    @inline(__always)
    func end(of kinds: CharacterClass, from position: Int, limit: Int) -> Int {
        var position = position
        while position < limit {
            let character = character(at: position, limit: limit)
            guard character.kind.isAny(of: kinds) else { break }
            position += character.length
        }
        return position
    }

    /// The end of the run of characters with none of the classes `kinds`, from `position` on.
    @inline(__always)
    func end(ofNone kinds: CharacterClass, from position: Int, limit: Int) -> Int {
        var position = position
        while position < limit {
            let character = character(at: position, limit: limit)
            guard !character.kind.isAny(of: kinds) else { break }
            position += character.length
        }
        return position
    }

    /// Where the character before `position` begins.
    func characterStart(before position: Int) -> Int {
        var start = position - 1
        while start > 0, position - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start + character(at: start, limit: position).length == position ? start : position - 1
    }

    @inline(__always)
    func kind(of scalar: UInt32) -> CharacterClass {
        classes[Int(blocks[Int(scalar >> CharacterTable.blockShift)]) + Int(scalar & 127)]
    }

    @inline(__always)
    private func multiByteCharacter(at position: Int, limit: Int, first: UInt32) -> Character {
        // Most are of three bytes.
        if first & 0xF0 == 0xE0, position &+ 3 <= limit {
            let second = UInt32(bytes[position &+ 1]) ^ 0x80
            let third = UInt32(bytes[position &+ 2]) ^ 0x80
            let scalar = (first & 0x0F) &<< 12 | second &<< 6 | third
            if second | third < 0x40, scalar >= 0x800, scalar & 0xF800 != 0xD800 {
                return Character(kind: kind(of: scalar), length: 3, scalar: scalar)
            }
        }
        return rareCharacter(at: position, limit: limit, first: first)
    }

    private func rareCharacter(at position: Int, limit: Int, first: UInt32) -> Character {
        let malformed = Character(kind: [], length: 1, scalar: 0xFFFD)
        func continuation(_ offset: Int) -> UInt32? {
            guard position + offset < limit else { return nil }
            let byte = bytes[position + offset]
            return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
        }
        if first < 0xE0 {
            guard first >= 0xC2, let second = continuation(1) else { return malformed }
            let scalar = (first & 0x1F) << 6 | second
            return Character(kind: kind(of: scalar), length: 2, scalar: scalar)
        }
        guard let second = continuation(1), let third = continuation(2) else { return malformed }
        if first < 0xF0 {
            let scalar = (first & 0x0F) << 12 | second << 6 | third
            guard scalar >= 0x800, scalar & 0xF800 != 0xD800 else { return malformed }
            return Character(kind: kind(of: scalar), length: 3, scalar: scalar)
        }
        guard let fourth = continuation(3) else { return malformed }
        let scalar = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
        guard first < 0xF5, scalar >= 0x10000, scalar < 0x110000 else { return malformed }
        return Character(kind: kind(of: scalar), length: 4, scalar: scalar)
    }
}
