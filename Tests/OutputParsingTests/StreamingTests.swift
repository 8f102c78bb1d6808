import JSONBytes
import OutputParsing
import Testing

/// Every fixture, whole and cut: the deltas join to the same however the answer arrives.
struct StreamingTests {
    @Test func readsEveryFixtureWhole() throws {
        for file in try FixtureFile.all() {
            for item in file.cases {
                var parsed = file.parse(item, [Array(item.output.utf8)])
                parsed.order = item.expected.order
                #expect(parsed == item.expected, "\(file.format.name), \(item.name)")
            }
        }
    }

    @Test func everySplitInTwoGivesTheSame() throws {
        for file in try FixtureFile.all() {
            for item in file.cases {
                let bytes = Array(item.output.utf8)
                let whole = file.parse(item, [bytes])
                for cut in 0...bytes.count {
                    let parsed = file.parse(item, [Array(bytes[..<cut]), Array(bytes[cut...])])
                    guard parsed != whole else { continue }
                    Issue.record("\(file.format.name), \(item.name), cut at \(cut): \(parsed), not \(whole)")
                }
            }
        }
    }

    @Test func randomSplitsGiveTheSame() throws {
        var random = SplitMix(seed: 7)
        for file in try FixtureFile.all() {
            for item in file.cases {
                let bytes = Array(item.output.utf8)
                let whole = file.parse(item, [bytes])
                #expect(file.parse(item, bytes.map { [$0] }) == whole, "\(file.format.name), \(item.name), bytes")
                #expect(file.parse(item, item.output.words) == whole, "\(file.format.name), \(item.name), words")
                for _ in 0..<20 {
                    let parsed = file.parse(item, bytes.pieces(&random))
                    #expect(parsed == whole, "\(file.format.name), \(item.name), random")
                }
            }
        }
    }

    /// Every answer cut off at every place, as at a token limit: all of it is delivered, and no cut call is a success.
    @Test func everyPrefixIsDeliveredAndNoCutCallIsWhole() throws {
        for file in try FixtureFile.all() {
            for item in file.cases where item.expected.ending != .malformed {
                let bytes = Array(item.output.utf8)
                for end in 0...bytes.count {
                    let parsed = file.parse(item, [Array(bytes[..<end])])
                    guard case .toolCalls(let count) = parsed.ending else { continue }
                    let whole = parsed.calls.allSatisfy { (try? JSONValue(parsing: $0.arguments)) != nil }
                    #expect(
                        whole && count == parsed.calls.count, "\(file.format.name), \(item.name), \(end): \(parsed)")
                    #expect(
                        Array(item.expected.calls.prefix(count)) == parsed.calls, "\(file.format.name), \(item.name)")
                }
            }
        }
    }

    /// Answers made of the formats' own pieces at random: no crash, and the same in one piece as in many.
    @Test func randomAnswersAreTheSameInPieces() throws {
        var random = SplitMix(seed: 11)
        for file in try FixtureFile.all() {
            let words = file.cases.flatMap(\.output.words)
            for _ in 0..<150 {
                let bytes = (0..<Int.random(in: 1...40, using: &random)).flatMap { _ in
                    words.randomElement(using: &random) ?? []
                }
                func parse(_ pieces: [[UInt8]]) -> Parsed {
                    Parsed(pieces, format: file.format, tools: FixtureFile.tools)
                }
                let whole = parse([bytes])
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(parse(bytes.pieces(&random)) == whole, "\(file.format.name): \(text.debugDescription)")
                #expect(parse(bytes.map { [$0] }) == whole, "\(file.format.name): \(text.debugDescription)")
            }
        }
    }
}

extension String {
    /// The text in pieces about the size of tokens: words with what stands before them, and single signs.
    var words: [[UInt8]] {
        var words: [[UInt8]] = [[]]
        for byte in utf8 {
            let isLetter = byte >= 0x80 || Character(Unicode.Scalar(byte)).isLetter
            if !isLetter || words[words.count - 1].count > 6 { words.append([]) }
            words[words.count - 1].append(byte)
        }
        return words
    }
}

extension [UInt8] {
    func pieces(_ random: inout SplitMix) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = self[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...12, using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}

/// A small generator of random numbers with a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
