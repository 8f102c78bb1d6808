/// What the pre-tokenizers' patterns ask of a character: its general category, roughly, as the reference sees it.
///
/// Unassigned, control, format and private-use characters have none of the first eight bits.
struct CharacterClass: OptionSet {
    let rawValue: UInt32

    /// `\p{Lu}` and `\p{Lt}`.
    static let upper = CharacterClass(rawValue: 1)
    /// `\p{Ll}`.
    static let lower = CharacterClass(rawValue: 2)
    /// `\p{Lm}` and `\p{Lo}`.
    static let otherLetter = CharacterClass(rawValue: 4)
    /// `\p{M}`.
    static let mark = CharacterClass(rawValue: 8)
    /// `\p{N}`.
    static let number = CharacterClass(rawValue: 16)
    /// `\s`.
    static let whiteSpace = CharacterClass(rawValue: 32)
    /// `\p{P}`.
    static let punctuation = CharacterClass(rawValue: 64)
    /// `\p{S}`.
    static let symbol = CharacterClass(rawValue: 128)
    /// `\p{Han}`.
    static let han = CharacterClass(rawValue: 256)
    /// A number to Hugging Face's `Digits`, whose Unicode is newer than that of `\p{N}` in its regexes.
    static let newerNumber = CharacterClass(rawValue: 512)
    /// `\w`, as the neighbours of single-word tokens are tested.
    static let word = CharacterClass(rawValue: 1024)
    /// Form C may change it, or join it with what stands before it.
    static let mayCompose = CharacterClass(rawValue: 2048)
    /// `\p{Mn}`, as BERT's normalizer strips it with the accents.
    static let nonspacingMark = CharacterClass(rawValue: 4096)
    /// BERT's normalizer takes it out: controls, formats, private use, U+FFFD.
    static let removedByBert = CharacterClass(rawValue: 8192)
    /// A word by itself to BERT's pre-tokenizer: `\p{P}` and ASCII's symbols.
    static let bertPunctuation = CharacterClass(rawValue: 16384)
    /// `\d`.
    static let decimal = CharacterClass(rawValue: 32768)
    /// `[一-龥぀-ゟ゠-ヿ]`, which DeepSeek cuts off first.
    static let deepSeekIdeograph = CharacterClass(rawValue: 65536)

    /// `\p{L}`.
    static let letter: CharacterClass = [.upper, .lower, .otherLetter]

    @inline(__always) func isAny(of other: CharacterClass) -> Bool { rawValue & other.rawValue != 0 }
}
