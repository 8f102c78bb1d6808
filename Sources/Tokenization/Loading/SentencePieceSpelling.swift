/// How SentencePiece writes what cannot stand for itself.
enum SentencePieceSpelling {
    static let space: [UInt8] = [0xE2, 0x96, 0x81]

    /// The byte that a piece like `<0x0A>` stands for.
    static func byte(_ piece: [UInt8]) -> UInt8? {
        guard piece.count == 6, piece.starts(with: "<0x".utf8), piece[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
    }

    /// A piece with spaces instead of U+2581.
    static func unescaped(_ piece: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var at = 0
        while at < piece.count {
            let isSpace = piece[at...].starts(with: space)
            text.append(isSpace ? 0x20 : piece[at])
            at += isSpace ? space.count : 1
        }
        return text
    }

    /// Whether a piece has a space behind another character.
    static func hasSpaceBehindText(_ piece: [UInt8]) -> Bool {
        var at = 0
        while piece[at...].starts(with: space) { at += space.count }
        while at < piece.count {
            if piece[at...].starts(with: space) { return true }
            at += 1
        }
        return false
    }
}
