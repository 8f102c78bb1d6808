import OutputParsing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures what an output parser costs for each token of an answer: `make bench-parser`.
///
///     parser-bench [ROUNDS]
///
/// Prints a table, one row a format: bytes and tokens of the answer, nanoseconds of processor time a token with the
/// parser and with none (the token's bytes are appended to the answer), medians of the rounds.
@main
struct ParserBench {
    private static let repetitions = 200

    static func main() {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 9
        print("| answer | bytes | tokens | no parser, ns/token | parser, ns/token |")
        print("|---|---|---|---|---|")
        for answer in [.plainText()] + BenchAnswer.all() {
            var (none, parsed): ([Double], [Double]) = ([], [])
            for _ in 0..<rounds {
                none.append(measure(answer, copy))
                parsed.append(measure(answer, parse))
            }
            let bytes = answer.pieces.reduce(0) { $0 + $1.count }
            let figures = [none, parsed].map { String(Int(median($0).rounded())) }
            print("| \(answer.name) | \(bytes) | \(answer.pieces.count) | \(figures.joined(separator: " | ")) |")
        }
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Nanoseconds for each token.
    private static func measure(_ answer: BenchAnswer, _ take: (BenchAnswer) -> Int) -> Double {
        var made = 0
        let start = nanoseconds()
        for _ in 0..<repetitions { made &+= take(answer) }
        let spent = nanoseconds() - start
        precondition(made > 0, "an answer is not empty")
        return Double(spent) / Double(repetitions * answer.pieces.count)
    }

    /// Processor time of this process.
    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func copy(_ answer: BenchAnswer) -> Int {
        var count = 0
        var text: [UInt8] = []
        for piece in answer.pieces {
            text.append(contentsOf: piece)
            count += text.count
            text.removeAll(keepingCapacity: true)
        }
        return count
    }

    /// Each token's deltas are taken before the next token comes, as by a stream that is flushed.
    private static func parse(_ answer: BenchAnswer) -> Int {
        var parser = OutputParser(
            answer.format, promptTail: [], tools: BenchAnswer.tools, separatesReasoning: true, forced: false)
        var deltas: [OutputDelta] = []
        var count = 0
        for piece in answer.pieces {
            parser.feed(piece.span, into: &deltas)
            count += deltas.count
            deltas.removeAll(keepingCapacity: true)
        }
        guard case .malformed = parser.finish(into: &deltas) else { return count + deltas.count }
        fatalError("\(answer.name): the answer is read as what it is")
    }
}
