package import ServingModel

/// Turns tokens into UTF-8 as they come.
///
/// What it appends is always whole characters: bytes that begin a character wait for the rest of it. Bytes that can
/// never become a character come out as U+FFFD, as the vocabulary's `Decoding` says, so that the pieces together equal
/// the reference's decoding of the whole. Only where that takes back characters (one bad byte among byte tokens makes
/// `ByteFallback` spoil those before it too) do they stay, unless the detokenizer `holdsRuns`.
package struct StreamingDetokenizer: Sendable {
    private let vocabulary: Vocabulary
    private let showsControlTokens: Bool
    private let shownControlTokens: Set<TokenID>
    private let malformed: Decoding.Malformed
    /// Whether tokens are more than bytes.
    private let hasRules: Bool
    /// Whether byte tokens wait for the one that is none, so that one bad byte spoils them all.
    private let holdsRuns: Bool
    private var run: [UInt8] = []
    /// What the beginning of the text still loses.
    private var leading: Decoding.Leading
    /// Whether the next token begins the text.
    private var isFirst: Bool
    /// Whether a space waits for the next token.
    private var hasTrailingSpace = false
    /// The beginning of a character: at most three bytes, the first in the lowest byte.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    /// - Parameters:
    ///   - showsControlTokens: Whether control tokens come out as their names instead of not at all.
    ///   - shownControlTokens: Control tokens that come out as their names in any case.
    ///   - removesLeadingSpace: Whether this is the decoding of a whole text, whose beginning loses what encoding put
    ///     there: a space, unless the vocabulary knows better.
    ///   - holdsRuns: Whether byte tokens come out only when all of them that stand together are there.
    package init(
        _ vocabulary: Vocabulary, showsControlTokens: Bool = false, shownControlTokens: Set<TokenID> = [],
        removesLeadingSpace: Bool = false, holdsRuns: Bool = false
    ) {
        self.vocabulary = vocabulary
        self.showsControlTokens = showsControlTokens
        self.shownControlTokens = shownControlTokens
        malformed = vocabulary.decoding.malformed
        hasRules = malformed != .perPart || vocabulary.decoding.holdsTrailingSpace
        self.holdsRuns = holdsRuns && vocabulary.decoding.malformed == .perRun
        isFirst = removesLeadingSpace
        leading = .nothing
        if removesLeadingSpace { leading = vocabulary.addsSpacePrefix ? vocabulary.decoding.leading : .spaces(1) }
    }

    /// Appends the text that a token completes; nothing for numbers that are no token.
    package mutating func append(_ token: TokenID, to text: inout [UInt8]) {
        guard vocabulary.contains(token) else { return }
        let kind = vocabulary.kind(of: token)
        switch kind {
        case .normal, .userDefined, .byte: break
        case .control: guard showsControlTokens || shownControlTokens.contains(token) else { return }
        case .unknown:
            let isShown = showsControlTokens || shownControlTokens.contains(token)
            guard isShown || vocabulary.decoding.showsUnknown else { return }
        case .unused: return
        }
        if isFirst || leading != .nothing || hasRules {
            appendWithRules(token, kind, to: &text)
        } else {
            append(vocabulary.buffer(of: token), to: &text)
        }
    }

    private mutating func appendWithRules(_ token: TokenID, _ kind: TokenKind, to text: inout [UInt8]) {
        if hasTrailingSpace { text.append(0x20) }
        hasTrailingSpace = false
        let first = isFirst ? vocabulary.firstText(of: token) : nil
        isFirst = false
        // What stands for unknown text was not put there by encoding.
        if kind == .unknown { leading = .nothing }
        if let first { return first.withUnsafeBufferPointer { append($0, isByte: kind == .byte, to: &text) } }
        append(vocabulary.buffer(of: token), isByte: kind == .byte, to: &text)
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, isByte: Bool, to text: inout [UInt8]) {
        guard !hasRules || isByte else {
            flush(into: &text)
            var bytes = withoutLeading(bytes)
            if vocabulary.decoding.holdsTrailingSpace, bytes.last == 0x20 {
                hasTrailingSpace = true
                bytes = UnsafeBufferPointer(rebasing: bytes.dropLast())
            }
            text.append(contentsOf: bytes)
            return
        }
        let bytes = withoutLeading(bytes)
        if holdsRuns { run.append(contentsOf: bytes) } else { append(bytes, to: &text) }
    }

    /// What is left of the text's beginning when it has lost what `leading` says.
    private mutating func withoutLeading(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard leading != .nothing, let first = bytes.first else { return bytes }
        switch leading {
        case .nothing: return bytes
        case .spacePerToken:
            guard first == 0x20 else {
                leading = .nothing
                return bytes
            }
            if bytes.count > 1 { leading = .nothing }
            return UnsafeBufferPointer(rebasing: bytes.dropFirst())
        case .spaces(let count):
            let spaces = min(count, bytes.prefix { $0 == 0x20 }.count)
            leading = spaces == bytes.count && spaces < count ? .spaces(count - spaces) : .nothing
            return UnsafeBufferPointer(rebasing: bytes.dropFirst(spaces))
        }
    }

    /// Ends what waits: it can no longer become a character.
    private mutating func flush(into text: inout [UInt8]) {
        if holdsRuns, !run.isEmpty {
            if String(validating: run, as: UTF8.self) != nil {
                text += run
            } else {
                for _ in run { Self.appendReplacement(to: &text) }
            }
            run.removeAll(keepingCapacity: true)
        }
        if pendingCount > 0 { appendReplacements(to: &text) }
    }

    /// Drops the beginning of a character that does not go on.
    private mutating func appendReplacements(to text: inout [UInt8]) {
        for _ in 0..<(malformed == .perPart ? 1 : pendingCount) { Self.appendReplacement(to: &text) }
        pending = 0
        pendingCount = 0
    }

    /// Ends the text: what waits for the rest of a character becomes U+FFFD.
    package mutating func finish(into text: inout [UInt8]) {
        flush(into: &text)
        hasTrailingSpace = false
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
                appendReplacements(to: &text)
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
