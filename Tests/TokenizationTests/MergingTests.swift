import ServingModel
import Testing
import Tokenization

/// Merges in an order that no training makes, several for one token, beside a search for the lowest rank each time.
struct MergingTests {
    @Test(arguments: [false, true])
    func mergesAsTheListSays(ignoresMerges: Bool) throws {
        var random = SeededGenerator(state: 17)
        for _ in 0..<12 {
            let list = MergeLists.random(&random)
            let tokenizer = try TokenizerJSON.tokenizer(of: list.file(ignoresMerges: ignoresMerges))
            let words = (0..<300).map { _ in MergeLists.word(&random) }
            let expected = words.enumerated().flatMap { index, word in
                list.encode(index == 0 ? word : "Ġ" + word, ignoresMerges: ignoresMerges)
            }
            // Twice, since the second time words are known.
            for _ in 0..<2 {
                #expect(tokenizer.encode(words.joined(separator: " ")).map { Int($0.rawValue) } == expected)
            }
        }
    }
}

/// A vocabulary of a few letters and its merges.
private struct MergeLists {
    var tokens: [String] = ["a", "b", "c", "d", "Ġ"]
    var merges: [(left: Int, right: Int)] = []

    static func random(_ random: inout SeededGenerator) -> MergeLists {
        var list = MergeLists()
        for _ in 0..<60 {
            let left = Int.random(in: list.tokens.indices, using: &random)
            let right = Int.random(in: list.tokens.indices, using: &random)
            let token = list.tokens[left] + list.tokens[right]
            guard token.count < 12, !list.merges.contains(where: { $0 == (left, right) }) else { continue }
            list.merges.append((left, right))
            if !list.tokens.contains(token) { list.tokens.append(token) }
        }
        list.merges.shuffle(using: &random)
        return list
    }

    /// Some are longer than keys, and some than what is merged side by side.
    static func word(_ random: inout SeededGenerator) -> String {
        let length = Int.random(in: 1...(Bool.random(using: &random) ? 8 : 90), using: &random)
        var letters = (0..<length).map { _ in "aaabbbcccddz".randomElement(using: &random) ?? "a" }
        if Int.random(in: 0..<4, using: &random) == 0 {
            // The same from the second letter on, or all but one.
            letters = Array(letters.prefix(1)) + Array(repeating: "a", count: Int.random(in: 7...140, using: &random))
            if Bool.random(using: &random) { letters[Int.random(in: letters.indices, using: &random)] = "b" }
        }
        return String(letters)
    }

    func file(ignoresMerges: Bool) -> [UInt8] {
        let vocabulary = tokens.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
        let merges = merges.map { "[\"\(tokens[$0.left])\", \"\(tokens[$0.right])\"]" }.joined(separator: ", ")
        return Array(
            """
            {"added_tokens": [], "normalizer": null, "post_processor": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
             "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "ignore_merges": \(ignoresMerges), "vocab": {\(vocabulary)},
                       "merges": [\(merges)]}}
            """.utf8)
    }

    /// Bytes that are no token, as that of z, are left out.
    func encode(_ word: String, ignoresMerges: Bool) -> [Int] {
        if ignoresMerges, let token = tokens.firstIndex(of: word) { return [token] }
        var symbols = word.compactMap { tokens.firstIndex(of: String($0)) }
        var ranks: [Int: Int] = [:]
        for (rank, merge) in merges.enumerated() { ranks[merge.left << 16 | merge.right] = rank }
        while true {
            var lowest = (rank: Int.max, at: 0)
            for at in symbols.indices.dropLast() {
                let rank = ranks[symbols[at] << 16 | symbols[at + 1]] ?? .max
                if rank < lowest.rank { lowest = (rank, at) }
            }
            guard lowest.rank < .max else { return symbols }
            let merge = merges[lowest.rank]
            symbols[lowest.at] = tokens.firstIndex(of: tokens[merge.left] + tokens[merge.right]) ?? -1
            symbols.remove(at: lowest.at + 1)
        }
    }
}
