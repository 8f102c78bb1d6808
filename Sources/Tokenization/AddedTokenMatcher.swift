import ServingModel

/// Finds added tokens in a text: the leftmost, and of those that begin there the longest.
final class AddedTokenMatcher: Sendable {
    struct Match {
        /// What the token takes of the text.
        let range: Range<Int>
        let id: TokenID
        let isControl: Bool
    }

    /// A trie over bytes. Node `n`'s children are `children[first[n]..<first[n + 1]]`, by ascending byte.
    private let first: [Int32]
    private let children: [(byte: UInt8, node: Int32)]
    /// The token that ends at each node, or -1: an index into `tokens`.
    private let ending: [Int32]
    private let tokens: [AddedToken]
    /// The bytes with which a token may begin: any token, and those that are recognised everywhere.
    private let starts: ConstantBuffer<Bool>
    private let userStarts: ConstantBuffer<Bool>
    /// The byte with which every token begins, if it is the same.
    private let onlyStart: UInt8?
    /// Whether some token is recognised everywhere.
    private let hasUserDefined: Bool

    init(_ tokens: [AddedToken]) {
        let tokens = tokens.filter { !$0.text.isEmpty }
        var nodes: [[(byte: UInt8, node: Int32)]] = [[]]
        var ending: [Int32] = [-1]
        for (index, token) in tokens.enumerated() {
            var node = 0
            for byte in token.text {
                if let child = nodes[node].first(where: { $0.byte == byte }) {
                    node = Int(child.node)
                } else {
                    nodes[node].append((byte, Int32(nodes.count)))
                    node = nodes.count
                    nodes.append([])
                    ending.append(-1)
                }
            }
            if ending[node] < 0 { ending[node] = Int32(index) }
        }
        var first: [Int32] = [0]
        var children: [(byte: UInt8, node: Int32)] = []
        for node in nodes {
            children += node.sorted { $0.byte < $1.byte }
            first.append(Int32(children.count))
        }
        var starts = [Bool](repeating: false, count: 256)
        var userStarts = starts
        for token in tokens {
            starts[Int(token.text[0])] = true
            if !token.isControl { userStarts[Int(token.text[0])] = true }
        }
        let firstBytes = Set(tokens.map { $0.text[0] })
        self.onlyStart = firstBytes.count == 1 ? firstBytes.first : nil
        self.tokens = tokens
        self.first = first
        self.children = children
        self.ending = ending
        self.starts = ConstantBuffer(starts)
        self.userStarts = ConstantBuffer(userStarts)
        self.hasUserDefined = tokens.contains { !$0.isControl }
    }

    /// The bytes behind a token that may decide whether it is recognised: a longer token, or one more character.
    var lookahead: Int { (tokens.map(\.text.count).max() ?? 0) + 4 }

    /// The end of the first control token from `position` on that is allowed.
    func restart(_ text: Span<UInt8>, after position: Int, specialsIn specials: [Range<Int>]) -> Int? {
        text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let view = TextView(buffer, base)
            var position = position
            var range = Self.firstRange(of: specials, endingAfter: position)
            while let match = match(view, from: position, specials: specials, range: &range) {
                if match.isControl { return match.range.upperBound }
                position = match.range.upperBound
            }
            return nil
        }
    }

    /// The index of the first range that ends behind `position`. O(log ranges).
    static func firstRange(of ranges: [Range<Int>], endingAfter position: Int) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first match from `position` on that is allowed; white space before `position` is not taken.
    ///
    /// `specials` are the ranges that allow control tokens, and `range` is the first of them that may still matter.
    func match(_ text: TextView, from position: Int, specials: [Range<Int>], range: inout Int) -> Match? {
        if tokens.isEmpty { return nil }
        var at = position
        while at < text.count {
            while range < specials.count, specials[range].upperBound <= at { range += 1 }
            let mayBeControl = range < specials.count && specials[range].lowerBound <= at
            guard mayBeControl || hasUserDefined else {
                guard range < specials.count else { return nil }
                at = max(at, specials[range].lowerBound)
                continue
            }
            let starts = (mayBeControl ? self.starts : userStarts).elements
            let limit =
                mayBeControl ? min(specials[range].upperBound, text.count) : nextBound(specials, range, text.count)
            at = skip(text, from: at, limit: limit)
            while at < limit, !starts[Int(text.bytes[at])] { at += 1 }
            guard at < limit else { continue }
            let controlLimit = mayBeControl ? Self.end(specials, range) : at
            if let match = longestMatch(text, at: at, controlLimit: controlLimit, from: position) { return match }
            at += 1
        }
        return nil
    }

    /// Passes over blocks of bytes with which no token begins, if tokens begin with one byte only.
    @inline(__always)
    private func skip(_ text: TextView, from position: Int, limit: Int) -> Int {
        guard let onlyStart else { return position }
        let start = SIMD16<UInt8>(repeating: onlyStart)
        let raw = UnsafeRawPointer(text.bytes)
        var at = position
        while at + 16 <= limit, !any(raw.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self) .== start) {
            at += 16
        }
        return at
    }

    private func nextBound(_ specials: [Range<Int>], _ range: Int, _ count: Int) -> Int {
        range < specials.count ? min(specials[range].lowerBound, count) : count
    }

    /// Where the ranges that touch each other from `range` on end.
    private static func end(_ specials: [Range<Int>], _ range: Int) -> Int {
        var last = range
        while last + 1 < specials.count, specials[last + 1].lowerBound <= specials[last].upperBound { last += 1 }
        return specials[last].upperBound
    }

    private func longestMatch(_ text: TextView, at start: Int, controlLimit: Int, from position: Int) -> Match? {
        var node = 0
        var at = start
        var longest: (token: Int, end: Int)?
        while at < text.count, let child = child(of: node, text.bytes[at]) {
            node = child
            at += 1
            let token = Int(ending[node])
            if token >= 0, !tokens[token].isControl || at <= controlLimit { longest = (token, at) }
        }
        guard let longest else { return nil }
        let token = tokens[longest.token]
        if token.isSingleWord, text.isWordCharacter(before: start) || text.isWordCharacter(at: longest.end) {
            return nil
        }
        var range = start..<longest.end
        if token.stripsLeft { range = max(position, text.whiteSpaceStart(before: start))..<range.upperBound }
        if token.stripsRight {
            range = range.lowerBound..<text.end(of: .whiteSpace, from: range.upperBound, limit: text.count)
        }
        return Match(range: range, id: token.id, isControl: token.isControl)
    }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        var low = Int(first[node])
        var high = Int(first[node + 1])
        while low < high {
            let middle = (low + high) / 2
            if children[middle].byte < byte { low = middle + 1 } else { high = middle }
        }
        guard low < Int(first[node + 1]), children[low].byte == byte else { return nil }
        return Int(children[low].node)
    }
}

extension TextView {
    fileprivate func isWordCharacter(before position: Int) -> Bool {
        position > 0 && kind(at: characterStart(before: position), limit: position).isAny(of: .word)
    }

    fileprivate func isWordCharacter(at position: Int) -> Bool {
        position < count && kind(at: position, limit: count).isAny(of: .word)
    }

    fileprivate func whiteSpaceStart(before position: Int) -> Int {
        var start = position
        while start > 0 {
            let previous = characterStart(before: start)
            guard kind(at: previous, limit: start).isAny(of: .whiteSpace) else { break }
            start = previous
        }
        return start
    }
}
