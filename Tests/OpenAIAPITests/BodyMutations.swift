/// Bodies made a little wrong, the same for the same seed.
enum BodyMutations {
    private static let fragments =
        [
            "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", ",", ":", "0", "-", "e", ".", "null", "true", " ",
            "\"model\":", "\"stream\":true,", "\u{7F}", "\u{1}", "é", "model", "99999999999999999999", "-1", "\"\"",
            "{}",
        ].map { Array($0.utf8) } + [[0xC3], [0xE2, 0x82], [0xFF], [0x00]]

    /// Takes away up to three bytes in one to four places, and puts something in the stead of some.
    static func mutate(_ body: inout [UInt8], using generator: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0...body.count, using: &generator)
            let end = min(body.count, start + Int.random(in: 0...3, using: &generator))
            let fragment = Bool.random(using: &generator) ? fragments.randomElement(using: &generator) ?? [] : []
            body.replaceSubrange(start..<end, with: fragment)
        }
    }
}
