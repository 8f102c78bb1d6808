internal import CByteScanning

/// The next 64 bytes of a text as one mask for each class of characters, so that the words in them are found all at
/// once. Bit `i` of every mask is byte `i`.
///
/// It knows ASCII and the letters from U+00C0 to U+023F, and ends before what it does not know. A block begins where a
/// word begins, so that nothing before it matters.
struct TextBlock {
    /// The bytes that must be readable from a block's beginning on.
    static let readableBytes = 64

    let bytes: UnsafePointer<UInt8>
    let letters: UInt64
    /// Those of the letters that are not ASCII.
    let latin: UInt64
    let digits: UInt64
    let whiteSpace: UInt64
    let spaces: UInt64
    let newlines: UInt64
    let apostrophes: UInt64
    let controls: UInt64
    /// What is none of the above but perhaps a control character.
    let others: UInt64
    /// The bytes from the beginning on of which the masks are right.
    let known: Int

    /// - Parameter count: The bytes that belong to the text; at least 1.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        var classes = CByteClasses()
        c_byte_classes(bytes, &classes)
        let signs = classes.c3 & (classes.signsAfterC3 &>> 1)
        let leads = classes.latinLeads & (classes.continuations &>> 1) & ~signs
        self.bytes = bytes
        latin = leads | leads &<< 1
        letters = classes.letters | latin
        digits = classes.digits
        whiteSpace = classes.whiteSpace
        spaces = classes.spaces
        newlines = classes.newlines
        apostrophes = classes.apostrophes
        controls = classes.controls
        others = ~(classes.letters | classes.digits | classes.whiteSpace | classes.high)
        known = min(count, (classes.high & ~latin).trailingZeroBitCount)
    }

    /// Those of `starts` that no byte beyond the first `known` could change: not in white space whose end is not known,
    /// and two bytes before the end, since a contraction is at most three long. Not the block's own beginning.
    @inline(__always)
    func decided(_ starts: UInt64, known: Int) -> UInt64 {
        guard known > 2 else { return 0 }
        let trailing = (~(whiteSpace &<< UInt64(64 &- known))).leadingZeroBitCount
        let limit = min(known &- 2, known &- trailing &+ 1)
        return starts & (1 &<< UInt64(limit) &- 1) & ~1
    }

    /// The bits of `mask` that begin a run.
    @inline(__always)
    static func first(_ mask: UInt64) -> UInt64 { mask & ~(mask &<< 1) }

    /// The bits of `mask` that end a run.
    @inline(__always)
    static func last(_ mask: UInt64) -> UInt64 { mask & ~(mask &>> 1) }

    /// The runs of `mask` that begin with one of `seeds`, which all begin a run.
    @inline(__always)
    static func runs(of mask: UInt64, from seeds: UInt64) -> UInt64 { mask & ~(mask &+ seeds) }
}

// MARK: Patterns

extension TextBlock {
    /// Where words begin as `GPT2Scanner` cuts them.
    @inline(__always)
    func gpt2Starts(isolatesDigits: Bool) -> UInt64 {
        let changes = Self.first(letters) | Self.first(others)
        var starts = (changes | Self.first(digits)) & ~(spaces &<< 1)
        var whiteSpaceEnds = Self.last(whiteSpace)
        if isolatesDigits {
            starts = changes & ~(spaces &<< 1) | digits
            whiteSpaceEnds &= ~(digits &>> 1)
        }
        starts |= Self.first(whiteSpace) | whiteSpaceEnds
        var known = known
        starts = cutContractions(starts, ignoresCase: false, &known)
        return decided(starts, known: known)
    }

    /// Where words begin as `CL100KScanner` cuts them.
    @inline(__always)
    func cl100kStarts(_ scanner: CL100KScanner) -> UInt64 {
        var known = known
        let lone = Self.first(others) & ~(others &>> 1) & ~(spaces &<< 1)
        var starts = textStarts(behind: lone)
        starts |= numberStarts(most: scanner.digits)
        starts |= whiteSpaceStarts(absorbsNewlines: !scanner.endsPunctuationAtNewline, endsBefore: 0, &known)
        if scanner.hasContractions { starts = cutContractions(starts, ignoresCase: true, &known) }
        return decided(starts, known: known)
    }

    /// Where words begin as `DeepSeekScanner` cuts them after numbers and ideographs were cut off.
    @inline(__always)
    func deepSeekStarts() -> UInt64 {
        var known = min(known, controls.trailingZeroBitCount)
        let lone = Self.first(others) & ~(others &>> 1) & ~(spaces &<< 1)
        // A sign takes ASCII's letters along, and no others.
        let behindSigns = Self.runs(of: letters, from: letters & (lone &<< 1))
        known = min(known, (behindSigns & latin).trailingZeroBitCount)
        var starts = textStarts(behind: lone)
        starts |= numberStarts(most: 3)
        starts |= whiteSpaceStarts(absorbsNewlines: true, endsBefore: digits, &known)
        return decided(starts, known: known)
    }

    /// The beginnings of letters and other signs: letters belong to the white space character before them if it is no
    /// newline, or to a lone sign, other signs to a space.
    @inline(__always)
    private func textStarts(behind lone: UInt64) -> UInt64 {
        let taken = (whiteSpace & ~newlines | lone) &<< 1
        return Self.first(letters) & ~taken | Self.first(others) & ~(spaces &<< 1)
    }

    /// The beginnings of numbers of at most 1, 3 or any number of digits.
    @inline(__always)
    private func numberStarts(most: Int) -> UInt64 {
        if most == 1 { return digits }
        var starts = Self.first(digits)
        guard most == 3 else { return starts }
        let full = digits & digits &<< 1 & digits &<< 2 & digits &<< 3
        var next = (starts &<< 3) & full
        while next != 0 {
            starts |= next
            next = (next &<< 3) & full
        }
        return starts
    }

    /// The beginnings in and of white space as `[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+` cuts it, where the first belongs to
    /// the signs before it, and the text ends before `endsBefore`.
    @inline(__always)
    private func whiteSpaceStarts(absorbsNewlines: Bool, endsBefore: UInt64, _ known: inout Int) -> UInt64 {
        let behindSigns = absorbsNewlines ? newlines & (Self.last(others) &<< 1) : 0
        let white = whiteSpace & ~Self.runs(of: newlines, from: behindSigns)
        let lines = white & newlines
        let blanks = white & ~newlines
        // Blanks behind a newline are a word, unless another newline follows them: rare, and left to the scanner.
        let behindLines = Self.first(blanks) & (lines &<< 1)
        let followed = (blanks &+ behindLines) & ~blanks & lines
        known = min(known, followed == 0 ? 64 : Self.lineStart(before: followed, blanks | lines))
        return Self.first(white) | behindLines | Self.last(white) & blanks & ~(endsBefore &>> 1)
    }

    /// The first bit of the run of `white` that has the lowest bit of `marks` in it, and one behind it, so that the
    /// run's beginning stays decided.
    @inline(never)
    private static func lineStart(before marks: UInt64, _ white: UInt64) -> Int {
        let at = marks.trailingZeroBitCount
        let before = ~white & (1 &<< UInt64(at) &- 1)
        return 64 - before.leadingZeroBitCount + 3
    }

    /// Cuts behind contractions: the words among `starts`, and the block's own beginning, that are `'s` and the like.
    @inline(__always)
    private func cutContractions(_ starts: UInt64, ignoresCase: Bool, _ known: inout Int) -> UInt64 {
        var starts = starts
        var marks = apostrophes & (starts | 1)
        while marks != 0 {
            let at = marks.trailingZeroBitCount
            marks &= marks &- 1
            guard at < 61 else { break }
            let first = bytes[at + 1]
            // The long s, U+017F, is an s when case is ignored.
            if ignoresCase, first == 0xC5 { known = min(known, at + 2) }
            let length = Self.contractionLength(first, bytes[at + 2], caseMask: ignoresCase ? 0x20 : 0)
            guard length > 0 else { continue }
            starts = starts & ~(6 &<< UInt64(at)) | 1 &<< UInt64(at + length)
        }
        return starts
    }

    /// The length of `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` from its letters; 0 if it is none of them.
    @inline(__always)
    private static func contractionLength(_ first: UInt8, _ second: UInt8, caseMask: UInt8) -> Int {
        switch first | caseMask {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): second | caseMask == UInt8(ascii: "e") ? 3 : 0
        case UInt8(ascii: "l"): second | caseMask == UInt8(ascii: "l") ? 3 : 0
        default: 0
        }
    }
}
