/// How SentencePiece spells what a piece adds to a text: U+2581 for a space, `<0x0A>` for a byte.
enum PieceSpelling {
    static let space: [UInt8] = [0xE2, 0x96, 0x81]

    /// What each piece adds to a text, and the piece of each byte, -1 where there is none.
    static func texts(
        _ pieces: [[UInt8]], _ kinds: [TokenKind]
    ) throws(TokenizationError) -> (texts: [[UInt8]], byteTokens: [Int32]) {
        var texts = pieces
        var byteTokens = [Int32](repeating: -1, count: 256)
        for index in pieces.indices {
            switch kinds[index] {
            case .normal: texts[index] = unescaped(pieces[index])
            case .byte:
                guard let byte = byte(pieces[index]) else { throw .malformed("token \(index) is no byte") }
                texts[index] = [byte]
                byteTokens[Int(byte)] = Int32(index)
            case .control, .unknown, .userDefined, .unused: break
            }
        }
        return (texts, byteTokens)
    }

    /// A piece with spaces for U+2581.
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

    /// A piece without U+2581 at its beginning; nil if it begins with something else.
    static func behindSpace(_ piece: [UInt8]) -> [UInt8]? {
        piece.starts(with: space) ? Array(piece.dropFirst(space.count)) : nil
    }

    /// The byte that a piece like `<0x0A>` stands for.
    static func byte(_ piece: [UInt8]) -> UInt8? {
        guard piece.count == 6, piece.starts(with: "<0x".utf8), piece[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
    }

    /// Sets what stands for the last byte of each character of a piece that has U+2581 behind it and is none itself.
    static func markBytesBeforeSpaces(_ piece: [UInt8], _ bytes: inout [Bool]) {
        var isBehindText = false
        var at = 0
        while at < piece.count {
            let isSpace = piece[at...].starts(with: space)
            if isSpace, isBehindText { bytes[Int(piece[at - 1])] = true }
            isBehindText = !isSpace
            at += isSpace ? space.count : 1
        }
    }
}
