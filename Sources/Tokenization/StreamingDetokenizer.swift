package import ServingModel

/// Turns tokens into UTF-8 as they come.
///
/// What it appends is always whole characters: bytes that begin a character wait for the rest of it. Bytes that can
/// never become a character come out as U+FFFD, one for each longest part that could have begun a character, as
/// Python's `bytes.decode(errors="replace")` has it, so that the pieces together equal the decoding of the whole.
package struct StreamingDetokenizer: Sendable {
    private let vocabulary: Vocabulary
    private let showsControlTokens: Bool
    private let shownControlTokens: Set<TokenID>
    /// Whether the next byte is dropped if it is a space.
    private var removesSpace: Bool
    /// The beginning of a character: at most three bytes, the first in the lowest byte.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    /// - Parameters:
    ///   - showsControlTokens: Whether control tokens come out as their names instead of not at all.
    ///   - shownControlTokens: Control tokens that come out as their names in any case.
    ///   - removesLeadingSpace: Whether a space at the very beginning is left out, as belongs to the decoding of a
    ///     whole text whose encoding put one there.
    package init(
        _ vocabulary: Vocabulary, showsControlTokens: Bool = false, shownControlTokens: Set<TokenID> = [],
        removesLeadingSpace: Bool = false
    ) {
        self.vocabulary = vocabulary
        self.showsControlTokens = showsControlTokens
        self.shownControlTokens = shownControlTokens
        self.removesSpace = removesLeadingSpace
    }

    /// Appends the text that a token completes; nothing for numbers that are no token.
    package mutating func append(_ token: TokenID, to text: inout [UInt8]) {
        guard vocabulary.contains(token) else { return }
        switch vocabulary.kind(of: token) {
        case .normal, .userDefined, .byte: break
        case .control, .unknown: guard showsControlTokens || shownControlTokens.contains(token) else { return }
        case .unused: return
        }
        var bytes = vocabulary.buffer(of: token)
        if removesSpace, let first = bytes.first {
            removesSpace = false
            if first == 0x20 { bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst()) }
        }
        append(bytes, to: &text)
    }

    /// Ends the text: what waits for the rest of a character becomes U+FFFD.
    package mutating func finish(into text: inout [UInt8]) {
        if pendingCount > 0 { Self.appendReplacement(to: &text) }
        pending = 0
        pendingCount = 0
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        if pendingCount == 0 {
            let clean = Self.asciiCount(bytes)
            text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<clean]))
            if clean == bytes.count { return }
            for byte in bytes[clean...] { append(byte, to: &text) }
        } else {
            for byte in bytes { append(byte, to: &text) }
        }
    }

    private mutating func append(_ byte: UInt8, to text: inout [UInt8]) {
        if pendingCount > 0 {
            guard Self.mayFollow(byte, pending, pendingCount) else {
                Self.appendReplacement(to: &text)
                pending = 0
                pendingCount = 0
                append(byte, to: &text)
                return
            }
            pending |= UInt32(byte) << UInt32(8 * pendingCount)
            pendingCount += 1
            if pendingCount == Self.length(UInt8(truncatingIfNeeded: pending)) {
                for at in 0..<pendingCount { text.append(UInt8(truncatingIfNeeded: pending >> UInt32(8 * at))) }
                pending = 0
                pendingCount = 0
            }
            return
        }
        switch Self.length(byte) {
        case 1: text.append(byte)
        case 0: Self.appendReplacement(to: &text)
        default:
            pending = UInt32(byte)
            pendingCount = 1
        }
    }

    /// The bytes of the character that a byte begins; 0 if it begins none.
    @inline(__always)
    private static func length(_ first: UInt8) -> Int {
        switch first {
        case 0..<0x80: 1
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 0
        }
    }

    /// Whether a byte may come next in a character: the second byte excludes overlong forms, surrogates and numbers
    /// that are too high (Unicode, table 3-7).
    @inline(__always)
    private static func mayFollow(_ byte: UInt8, _ pending: UInt32, _ count: Int) -> Bool {
        guard byte & 0xC0 == 0x80 else { return false }
        guard count == 1 else { return true }
        return switch UInt8(truncatingIfNeeded: pending) {
        case 0xE0: byte >= 0xA0
        case 0xED: byte < 0xA0
        case 0xF0: byte >= 0x90
        case 0xF4: byte < 0x90
        default: true
        }
    }

    @inline(__always)
    private static func asciiCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        while count < bytes.count, bytes[count] < 0x80 { count += 1 }
        return count
    }

    private static func appendReplacement(to text: inout [UInt8]) {
        text.append(0xEF)
        text.append(0xBF)
        text.append(0xBD)
    }
}
