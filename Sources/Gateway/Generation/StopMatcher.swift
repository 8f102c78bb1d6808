/// Finds the first of several stop strings in text that arrives in pieces, and holds back what could become one.
///
/// Each string is followed by a Knuth-Morris-Pratt automaton (Knuth, Morris, Pratt, 1977), so a byte costs the number
/// of strings however they overlap.
package struct StopMatcher {
    private struct Automaton {
        let pattern: [UInt8]
        /// For each matched length, the length of the longest proper prefix that is also a suffix.
        let fallback: [Int]
        /// Bytes of the pattern that the text ends with.
        var matched = 0

        init(_ text: String) {
            pattern = Array(text.utf8)
            var fallback = [0, 0]
            for end in 1..<max(pattern.count, 1) {
                var length = fallback[end]
                while length > 0, pattern[length] != pattern[end] { length = fallback[length] }
                fallback.append(pattern[length] == pattern[end] ? length + 1 : 0)
            }
            self.fallback = fallback
        }

        /// Whether the pattern is complete with this byte.
        mutating func advance(_ byte: UInt8) -> Bool {
            while matched > 0, pattern[matched] != byte { matched = fallback[matched] }
            if pattern[matched] == byte { matched += 1 }
            return matched == pattern.count
        }
    }

    private var automata: [Automaton]
    private var held: [UInt8] = []
    /// Whether a stop string has been found; nothing more is let through then.
    package private(set) var hasStopped = false

    package init(_ stops: [String]) { automata = stops.filter { !$0.isEmpty }.map(Automaton.init) }

    private var isIdle: Bool { automata.isEmpty }

    /// Whether text is held back.
    var isHolding: Bool { !held.isEmpty }

    /// Takes text and appends to `output` what is certain not to be part of a stop string. True when one is found.
    package mutating func feed(_ text: some Sequence<UInt8>, into output: inout [UInt8]) -> Bool {
        guard !hasStopped else { return true }
        guard !isIdle else {
            output.append(contentsOf: text)
            return false
        }
        for byte in text {
            held.append(byte)
            var longest = 0
            for at in automata.indices where automata[at].advance(byte) {
                longest = max(longest, automata[at].pattern.count)
            }
            if longest > 0 {
                output.append(contentsOf: held.dropLast(longest))
                held = []
                hasStopped = true
                return true
            }
        }
        let mayStop = automata.reduce(0) { max($0, $1.matched) }
        output.append(contentsOf: held.dropLast(mayStop))
        held.removeFirst(held.count - mayStop)
        return false
    }

    /// Lets text through that is not looked at for stop strings; what was held goes first.
    package mutating func pass(_ text: some Sequence<UInt8>, into output: inout [UInt8]) {
        finish(into: &output)
        output.append(contentsOf: text)
    }

    /// Appends what was held back, when nothing more comes.
    package mutating func finish(into output: inout [UInt8]) {
        output.append(contentsOf: held)
        held = []
        for at in automata.indices { automata[at].matched = 0 }
    }
}
