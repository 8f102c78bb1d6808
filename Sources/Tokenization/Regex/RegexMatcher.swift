/// Looks for a regular expression in a text, as a backtracking engine does, in linear time.
///
/// Whatever has failed once at a place is remembered and not tried again, neither in the same match nor in one that
/// begins later, so that each choice of the pattern is explored at most once per character. For this a matcher holds
/// one bit per choice and character.
struct RegexMatcher: ~Copyable {
    private let program: RegexProgram
    private let text: TextView
    private let start: Int
    private let limit: Int
    /// Whether what follows a choice is known to fail at a place.
    private var failed: [UInt64]
    /// Whether what follows a choice is known to match at a place; only of choices in looks ahead, of which it does not
    /// matter where they end.
    private var succeeded: [UInt64]
    /// What is known of each run of characters without a limit: where the last one was, and from where on to its end
    /// what follows it fails.
    private var runs: [Run]
    private var stack: [Frame] = []

    private struct Run {
        var start = 0
        var end = -1
        var failsFrom = Int.max
    }

    private enum Frame {
        case resume(at: Int, position: Int)
        /// A run gives back its last character; `position` is what was tried last.
        case shorten(at: Int, position: Int, least: Int, start: Int)
        /// Everything after a choice has failed.
        case fail(memo: Int, position: Int)
    }

    /// A matcher for `range` of a text, outside of which nothing is looked at.
    init(_ program: RegexProgram, _ text: TextView, _ range: Range<Int>) {
        self.program = program
        self.text = text
        start = range.lowerBound
        limit = range.upperBound
        failed = Array(repeating: 0, count: (program.memoCount * (range.count + 1) + 63) / 64)
        succeeded = failed
        runs = Array(repeating: Run(), count: program.memoCount)
    }

    /// The first match that begins at `position` or later.
    mutating func firstMatch(from position: Int) -> Range<Int>? {
        var at = position
        while at <= limit {
            if let end = end(of: 0, from: at, isLook: false) { return at..<end }
            guard at < limit else { break }
            at += text.character(at: at, limit: limit).length
        }
        return nil
    }

    /// The end of a match of the instructions from `first` on.
    private mutating func end(of first: Int, from position: Int, isLook: Bool) -> Int? {
        let base = stack.count
        defer { stack.removeLast(stack.count - base) }
        var at = first
        var position = position
        while true {
            var goesOn = true
            switch program.instructions[at] {
            case .match:
                if isLook { rememberSuccess(above: base) }
                return position
            case .jump(let target): at = target
            case .set(let set):
                goesOn = takeCharacter(of: set, &position)
                at += 1
            case .run(let set, let least, let most, let isPossessive, let memo):
                goesOn = takeRun(set, least, most, isPossessive, memo, at, &position)
                if goesOn, isLook, !isPossessive, hasSucceeded(memo, position) { return position }
                at += 1
            case .split(let next, let second, let memo):
                if isLook, hasSucceeded(memo, position) { return position }
                goesOn = !hasFailed(memo, position)
                if goesOn {
                    stack.append(.fail(memo: memo, position: position))
                    stack.append(.resume(at: second, position: position))
                    at = next
                }
            case .lookAhead(let end, let isNegated):
                goesOn = (self.end(of: at + 1, from: position, isLook: true) == nil) == isNegated
                at = end
            case .lookBehind(let set, let isNegated):
                goesOn = (precedes(program.sets[set], position)) != isNegated
                at += 1
            case .anchor(let anchor):
                goesOn = holds(anchor, position)
                at += 1
            }
            if !goesOn {
                guard let next = resume(above: base) else { return nil }
                (at, position) = next
            }
        }
    }

    /// Takes up the last choice that is left.
    private mutating func resume(above base: Int) -> (at: Int, position: Int)? {
        while stack.count > base, let frame = stack.popLast() {
            switch frame {
            case .resume(let at, let position): return (at, position)
            case .fail(let memo, let position): fail(memo, position)
            case .shorten(let at, let position, let least, let start):
                guard case .run(_, _, _, _, let memo) = program.instructions[at] else { continue }
                fail(memo, position)
                guard position > least else {
                    if runs[memo].start <= start, position <= runs[memo].end {
                        runs[memo].failsFrom = min(runs[memo].failsFrom, position)
                    }
                    continue
                }
                let shorter = characterStart(before: position)
                stack.append(.shorten(at: at, position: shorter, least: least, start: start))
                if hasFailed(memo, shorter) { continue }
                return (at + 1, shorter)
            }
        }
        return nil
    }

    /// Remembers of the choices that led to a match that they do.
    private mutating func rememberSuccess(above base: Int) {
        for frame in stack[base...] {
            switch frame {
            case .resume: break
            case .fail(let memo, let position): succeed(memo, position)
            case .shorten(let at, let position, _, _):
                if case .run(_, _, _, _, let memo) = program.instructions[at] { succeed(memo, position) }
            }
        }
    }

    @inline(__always)
    private func takeCharacter(of set: Int, _ position: inout Int) -> Bool {
        guard position < limit else { return false }
        let character = text.character(at: position, limit: limit)
        guard program.sets[set].contains(character) else { return false }
        position += character.length
        return true
    }

    private mutating func takeRun(
        _ set: Int, _ least: Int, _ most: Int, _ isPossessive: Bool, _ memo: Int, _ at: Int, _ position: inout Int
    ) -> Bool {
        let start = position
        var behindLeast = least == 0 ? start : -1
        var count = 0
        let isKnown = most == .max && least <= 1
        if isKnown, runs[memo].start <= start, start < runs[memo].end {
            // The run that was found from an earlier place goes as far from here.
            if least == 1 { behindLeast = start + text.character(at: start, limit: limit).length }
            position = runs[memo].end
        } else {
            var run = Run(start: start, end: start)
            while count < most, takeCharacter(of: set, &position) {
                count += 1
                if count == least { behindLeast = position }
                if isKnown, position == runs[memo].start, runs[memo].end >= position {
                    // It goes on as one that was found from a later place.
                    position = runs[memo].end
                    run.failsFrom = runs[memo].failsFrom
                    break
                }
            }
            run.end = position
            if isKnown { runs[memo] = run }
        }
        guard behindLeast >= 0 else { return false }
        guard !isPossessive else { return true }
        if isKnown, runs[memo].failsFrom <= position {
            guard runs[memo].failsFrom > behindLeast else { return false }
            position = characterStart(before: runs[memo].failsFrom)
        }
        stack.append(.shorten(at: at, position: position, least: behindLeast, start: start))
        return !hasFailed(memo, position)
    }

    private func characterStart(before position: Int) -> Int {
        var start = position - 1
        while start > self.start, position - start < 4, text.bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start + text.character(at: start, limit: position).length == position ? start : position - 1
    }

    private func precedes(_ set: CharacterSet, _ position: Int) -> Bool {
        guard position > start else { return false }
        return set.contains(text.character(at: characterStart(before: position), limit: position))
    }

    private func holds(_ anchor: RegexNode.Anchor, _ position: Int) -> Bool {
        switch anchor {
        case .textStart: return position == start
        case .textEnd: return position == limit
        case .lineStart: return position == start || position < limit && text.bytes[position - 1] == 0x0A
        case .lineEnd: return position == limit || text.bytes[position] == 0x0A
        case .lastLineEnd: return position == limit || position == limit - 1 && text.bytes[position] == 0x0A
        case .wordBoundary, .noWordBoundary:
            let word = CharacterSet.properties(.word)
            let before = precedes(word, position)
            let behind = position < limit && word.contains(text.character(at: position, limit: limit))
            return (before != behind) == (anchor == .wordBoundary)
        }
    }

    @inline(__always)
    private func bit(_ memo: Int, _ position: Int) -> Int { memo * (limit - start + 1) + position - start }

    @inline(__always)
    private func hasFailed(_ memo: Int, _ position: Int) -> Bool {
        let bit = bit(memo, position)
        return failed[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    @inline(__always)
    private func hasSucceeded(_ memo: Int, _ position: Int) -> Bool {
        let bit = bit(memo, position)
        return succeeded[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    private mutating func fail(_ memo: Int, _ position: Int) {
        let bit = bit(memo, position)
        failed[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    private mutating func succeed(_ memo: Int, _ position: Int) {
        let bit = bit(memo, position)
        succeeded[bit >> 6] |= 1 << UInt64(bit & 63)
    }
}
