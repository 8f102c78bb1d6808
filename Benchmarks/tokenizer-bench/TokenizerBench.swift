import ServingModel
import Tokenization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Drover's part of `scripts/bench/tokenizers.py`: times the encoding of texts that are new to the tokenizer.
///
///     tokenizer-bench TOKENIZER.json FOLDER [IDS]
///     tokenizer-bench TOKENIZER.json FOLDER --chat MARK
///     tokenizer-bench TOKENIZER.json FOLDER --allocations
///
/// FOLDER has the texts that `scripts/bench/vocabularies.py` wrote. Prints, for each kind, its bytes, the processor
/// seconds and the tokens; with IDS, writes each text's ids to a line of `IDS-<kind>`. With `--chat`, prints for each
/// turn of a chat of 50, each turn a text behind the control token MARK, the microseconds of encoding all of it with a
/// `PromptCache` and without. With `--allocations`, prints for each kind its texts and how often memory was allocated to
/// encode them; `scripts/bench/allocations.c` counts that when it is loaded before the C library.
@main
struct TokenizerBench {
    private static let kinds = ["english", "code", "mixed"]

    static func main() throws {
        let arguments = CommandLine.arguments
        let tokenizer = try TokenizerJSON.tokenizer(of: contents(arguments[1]))
        for text in texts(contents("\(arguments[2])/warm-up")) { _ = encoding(text, tokenizer) }
        if arguments.count == 5, arguments[3] == "--chat" {
            printChat(texts(contents("\(arguments[2])/english")), mark: Array(arguments[4].utf8), tokenizer)
            return
        }
        if arguments.count == 4, arguments[3] == "--allocations" {
            printAllocations(folder: arguments[2], tokenizer)
            return
        }
        var results: [String] = []
        for kind in kinds {
            let texts = texts(contents("\(arguments[2])/\(kind)"))
            let start = clock()
            var count = 0
            for text in texts { count += encoding(text, tokenizer).count }
            let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
            results.append("\"\(kind)\": [\(texts.reduce(0) { $0 + $1.count }), \(seconds), \(count)]")
            if arguments.count > 3 { writeIDs(texts, tokenizer, to: "\(arguments[3])-\(kind)") }
        }
        print("{\(results.joined(separator: ", "))}")
    }

    private static func printAllocations(folder: String, _ tokenizer: any Tokenizer) {
        guard let symbol = dlsym(nil, "allocation_count") else {
            fatalError("nothing counts allocations: scripts/bench/tokenizers.py --allocations loads what does")
        }
        let count = unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)
        var results: [String] = []
        for kind in kinds {
            let texts = texts(contents("\(folder)/\(kind)"))
            let specials: [Range<Int>] = [0..<Int.max]
            let before = count()
            for text in texts {
                var tokens: [TokenID] = []
                tokenizer.encode(text.span, specialsIn: specials, into: &tokens)
            }
            results.append("\"\(kind)\": [\(texts.count), \(count() - before)]")
        }
        print("{\(results.joined(separator: ", "))}")
    }

    private static func printChat(_ texts: [[UInt8]], mark: [UInt8], _ tokenizer: any Tokenizer) {
        let cache = PromptCache(tokenizer, bytesMax: 64 << 20)
        var prompt: [UInt8] = []
        var specials: [Range<Int>] = []
        var turns: [String] = []
        for text in texts.prefix(50) {
            specials.append(prompt.count..<prompt.count + mark.count)
            prompt += mark + text
            var tokens: [TokenID] = []
            let start = clock()
            cache.encode(prompt.span, specialsIn: specials, into: &tokens)
            let cached = clock() - start
            var anew: [TokenID] = []
            tokenizer.encode(prompt.span, specialsIn: specials, into: &anew)
            precondition(tokens == anew, "the cache changes no result")
            turns.append("[\(tokens.count), \(cached), \(clock() - start - cached)]")
        }
        print("[\(turns.joined(separator: ", "))]")
    }

    private static func encoding(_ text: [UInt8], _ tokenizer: any Tokenizer) -> [TokenID] {
        var tokens: [TokenID] = []
        tokenizer.encode(text.span, specialsIn: [0..<text.count], into: &tokens)
        return tokens
    }

    private static func texts(_ file: [UInt8]) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var at = 0
        while at < file.count {
            let length = (0..<4).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) }
            texts.append(Array(file[at + 4..<at + 4 + length]))
            at += 4 + length
        }
        return texts
    }

    private static func writeIDs(_ texts: [[UInt8]], _ tokenizer: any Tokenizer, to path: String) {
        guard let file = fopen(path, "w") else { return }
        defer { fclose(file) }
        for text in texts {
            let line = encoding(text, tokenizer).map { "\($0.rawValue)" }.joined(separator: " ") + "\n"
            fputs(line, file)
        }
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { fatalError("cannot read \(path)") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { $1 = fread($0.baseAddress, 1, size, file) }
    }
}
