/// The regular expressions of `tokenizer.json` files for which there are scanners, as the files write them.
enum KnownPatterns {
    /// The scanner of a pattern; nil if it is none of those known.
    static func stage(_ pattern: String) -> StagedScanner.Stage? { stages[key(pattern)] }

    /// A pattern whose scanner is as wanted, in the spelling that most files have; nil if there is none.
    static func pattern(where isWanted: (StagedScanner.Stage) -> Bool) -> String? {
        (numberPatterns + letterPatterns + runPatterns).first { isWanted($0.1) }?.0
    }

    /// The bytes of a pattern with newlines spelt out, since some files have them as they are.
    private static func key(_ pattern: String) -> [UInt8] {
        pattern.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x0A: Array(#"\n"#.utf8)
            case 0x0D: Array(#"\r"#.utf8)
            default: [byte]
            }
        }
    }

    /// By bytes, since equality of strings takes characters of equal meaning for the same.
    private static let stages: [[UInt8]: StagedScanner.Stage] = {
        var stages: [[UInt8]: StagedScanner.Stage] = [:]
        for (pattern, stage) in letterPatterns + numberPatterns + runPatterns + rarePatterns {
            stages[key(pattern)] = stage
        }
        return stages
    }()

    private static let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#
    private static let spaces = #"\s+(?!\S)|\s+"#
    private static let words = #"[^\r\n\p{L}\p{N}]?\p{L}+"#
    private static let signs = #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"#

    private static var letterPatterns: [(String, StagedScanner.Stage)] {
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
        let upperNotHan = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let lowerNotHan = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]"#
        let before = #"[^\r\n\p{L}\p{N}]?"#
        let tail = #" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|"# + spaces
        return [
            (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|"# + spaces, .gpt2(.init())),
            (#"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|"# + spaces, .gpt2(.init())),
            (
                #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
                    + #"\s*[\r\n]+|"# + spaces, .cl100k(.init(digits: 1, joinsMarks: true))
            ),
            ("\(words)|\\p{N}|\(signs)|\(spaces)", .cl100k(.init(digits: 1, hasContractions: false))),
            (
                #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|"#
                    + spaces, .cl100k(.init())
            ),
            (
                #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|"#
                    + spaces, .cl100k(.init(digits: 1))
            ),
            (
                "\(before)\(upper)*\(lower)+\(contractions)?|\(before)\(upper)+\(lower)*\(contractions)?|\\p{N}{1,3}|"
                    + tail, .o200k(.init())
            ),
            (
                #"[\p{Han}]+|"# + "\(before)\(upperNotHan)*\(lowerNotHan)+\(contractions)?|"
                    + "\(before)\(upperNotHan)+\(lowerNotHan)*\(contractions)?|\\p{N}{1,3}|\(signs)|\(spaces)",
                .o200k(.init(separatesHan: true))
            ),
            (
                "\(before)\(upper)*\(lower)+|\(before)\(upper)+\(lower)*|\\p{N}|" + tail,
                .o200k(.init(digits: 1, hasContractions: false))
            ),
            (
                ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##
                    + #" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|"# + spaces, .deepSeek(.init())
            ),
        ]
    }

    private static var numberPatterns: [(String, StagedScanner.Stage)] {
        [(#"\p{N}{1,3}"#, 3), (#"\p{N}"#, 1), (#"\p{N}+"#, Int.max)].flatMap { number, digits in
            [
                ("\(contractions)|\(words)|\(number)|\(signs)|\(spaces)", .cl100k(.init(digits: digits))),
                (number, .run(.init(kinds: .number, most: digits))),
            ]
        }
    }

    private static var runPatterns: [(String, StagedScanner.Stage)] {
        [
            ("[0-9][0-9][0-9]", .run(.init(ranges: RunScanner.ranges("0-9"), least: 3, most: 3))),
            ("[\r\n]", .run(.init(ranges: RunScanner.ranges("\n\r"), most: 1))),
            (#"\s?\p{L}+"#, .run(.init(kinds: .letter, takesWhiteSpace: true))),
            (#"\s?\p{P}+"#, .run(.init(kinds: .punctuation, takesWhiteSpace: true))),
            ("[一-龥\u{3040}-ゟ゠-ヿ]+", .run(.deepSeekIdeographs)),
            ("[一-龥ࠀ-一가-\u{D7FF}]+", .run(.init(ranges: RunScanner.ranges("ࠀ-一一-龥가-\u{D7FF}")))),
        ]
    }

    private static var rarePatterns: [(String, StagedScanner.Stage)] {
        let powers = stride(from: 9, to: 1, by: -1).map { "\\s{\(1 << $0)}(?!\\S)" }.joined(separator: "|")
        return [
            (#" ?[^(\s|[.,!?…。，、।۔،])]+"#, .bloom(.init())),
            (#" ?[^(\s|.,!?…。，、।۔،)]+"#, .bloom(.init())),
            (#"(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"#, .chameleon(.init(pattern: .images))),
            (#"([\t\n]|    |  )"#, .chameleon(.init(pattern: .whiteSpace))),
            (#"\d{1,3}(?=(?:\d{3})*\b)"#, .digitGroups(.init(.groupsBeforeWordBoundaries))),
            (#"(?=(\d{3})+(?!\d))"#, .digitGroups(.init(.cutsBeforeGroups))),
            (
                contractions + #"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}|"#
                    + #" ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|"# + spaces, .exaone(.init())
            ),
            (
                "\(contractions)|\(words)|\\p{N}{1,3}|\(signs)|\(powers)|\\s{1,2}(?!\\S)|\\s{1}", .jais(.init())
            ),
        ]
    }
}
