import Gateway
import ServingTesting
import Testing

struct StopMatcherTests {
    /// What comes out when the pieces are fed one after the other.
    private func output(_ stops: [String], _ pieces: [[UInt8]]) -> (text: [UInt8], hasStopped: Bool) {
        var matcher = StopMatcher(stops)
        var text: [UInt8] = []
        for piece in pieces where matcher.feed(piece, into: &text) { break }
        if !matcher.hasStopped { matcher.finish(into: &text) }
        return (text, matcher.hasStopped)
    }

    /// The text before the stop string that is complete first, the longest of those that end together.
    private func reference(_ stops: [String], _ text: [UInt8]) -> (text: [UInt8], hasStopped: Bool) {
        for end in 0...text.count {
            let found = stops.map { Array($0.utf8) }.filter { text[..<end].suffix($0.count).elementsEqual($0) }
            if let longest = found.map(\.count).max() { return (Array(text[..<(end - longest)]), true) }
        }
        return (text, false)
    }

    @Test(arguments: [
        (["stop"], "no stop here", "no "), (["aab"], "aaaab", "aa"), (["abab"], "ababab", ""),
        (["abcd", "bc"], "xabcd", "xa"), (["abc", "bc"], "xabc", "x"), (["é"], "caf\u{e9} au lait", "caf"),
        (["ab"], "aaa", "aaa"), ([], "anything", "anything"), ([""], "anything", "anything"),
    ])
    func findsStopsAtEverySplitPoint(_ stops: [String], _ text: String, _ expected: String) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            let found = output(stops, [Array(bytes[..<split]), Array(bytes[split...])])
            #expect(found.text == Array(expected.utf8))
        }
        #expect(output(stops, bytes.map { [$0] }).text == Array(expected.utf8))
    }

    @Test func agreesWithANaiveSearch() {
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            let letters = Array("ab".utf8)
            let word = { (length: Int, random: inout SeededGenerator) in
                (0..<length).map { _ in letters.randomElement(using: &random)! }
            }
            let stops = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                String(decoding: word(Int.random(in: 1...6, using: &random), &random), as: UTF8.self)
            }
            let text = word(Int.random(in: 0...30, using: &random), &random)
            var pieces: [[UInt8]] = []
            var at = 0
            while at < text.count {
                let end = min(text.count, at + Int.random(in: 1...5, using: &random))
                pieces.append(Array(text[at..<end]))
                at = end
            }
            let found = output(stops, pieces)
            let expected = reference(stops, text)
            #expect(found == expected, "seed \(seed): \(stops)")
        }
    }

    @Test func holdsBackOnlyWhatMayBecomeAStop() {
        var matcher = StopMatcher(["hello", "low"])
        var text: [UInt8] = []
        _ = matcher.feed("say hell".utf8, into: &text)
        #expect(text == Array("say ".utf8))
        _ = matcher.feed("i".utf8, into: &text)
        #expect(text == Array("say helli".utf8))
        _ = matcher.feed("lo".utf8, into: &text)
        #expect(text == Array("say helli".utf8))
        matcher.finish(into: &text)
        #expect(text == Array("say hellilo".utf8) && !matcher.hasStopped)
    }

    @Test func letsNothingThroughBehindAStop() {
        var matcher = StopMatcher(["x"])
        var text: [UInt8] = []
        let ends = [matcher.feed("axb".utf8, into: &text), matcher.feed("c".utf8, into: &text)]
        #expect(ends == [true, true] && text == Array("a".utf8))
    }

    @Test func looksAwayWhereTold() {
        var matcher = StopMatcher(["ab"])
        var text: [UInt8] = []
        matcher.pass("ab a".utf8, into: &text)
        let ends = [matcher.feed("b".utf8, into: &text), matcher.feed("ab".utf8, into: &text)]
        #expect(ends == [false, true] && text == Array("ab ab".utf8))
    }
}
