import JSONBytes
import ServingModel

/// Mistral's `tekken.json`: tiktoken's ranks with their pattern, behind a block of special tokens.
package struct TekkenFile {
    private var pattern = ""
    private var vocabularySize = 0
    private var specialCount = 0
    private var ranks: [(text: [UInt8], rank: Int)] = []
    private var specials: [(name: String, rank: Int)]?

    /// Those of files that list none.
    private static let oldSpecials = [
        "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]",
        "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]", "[PREFIX]", "[MIDDLE]",
        "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]",
    ]

    /// Makes the tokenizer of a file.
    package static func tokenizer(of file: [UInt8]) throws(TokenizationError) -> any Tokenizer {
        do {
            return try TekkenFile(file).tokenizer()
        } catch let error as TokenizationError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    private init(_ file: [UInt8]) throws {
        var reader = JSONReader(file)
        var members = try reader.enterObject()
        while let key = try reader.nextKey(&members) {
            switch key {
            case "config": try readConfiguration(&reader)
            case "vocab": try readVocabulary(&reader)
            case "special_tokens": specials = try Self.readSpecials(reader.readValue())
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private mutating func readConfiguration(_ reader: inout JSONReader) throws {
        guard case .object(let configuration) = try reader.readValue(),
            case .string(let pattern)? = configuration["pattern"],
            case .integer(let size)? = configuration["default_vocab_size"],
            case .integer(let specials)? = configuration["default_num_special_tokens"],
            (0...1 << 22).contains(size), (0...size).contains(specials)
        else { throw TokenizationError.malformed("'config' has no pattern or no sizes") }
        (self.pattern, vocabularySize, specialCount) = (pattern, size, specials)
    }

    private mutating func readVocabulary(_ reader: inout JSONReader) throws {
        var elements = try reader.enterArray()
        while try reader.nextElement(&elements) {
            var rank: Int?
            var text: [UInt8]?
            var members = try reader.enterObject()
            while let key = try reader.nextKey(&members) {
                switch key {
                case "rank": rank = try reader.readInteger()
                case "token_bytes": text = Base64.decode(Array(try reader.readString().utf8))
                default: try reader.skipValue()
                }
            }
            guard let rank, let text else {
                throw TokenizationError.malformed("entry \(ranks.count) of 'vocab' has no rank or no bytes")
            }
            ranks.append((text, rank))
        }
    }

    private static func readSpecials(_ value: JSONValue) throws -> [(name: String, rank: Int)]? {
        guard case .array(let tokens) = value else { return nil }
        return try tokens.map { token in
            guard case .object(let token) = token, case .integer(let rank)? = token["rank"],
                case .string(let name)? = token["token_str"]
            else { throw TokenizationError.malformed("a special token has no rank or no text") }
            return (name, rank)
        }
    }

    private func tokenizer() throws -> any Tokenizer {
        guard let stage = KnownPatterns.stage(pattern) else {
            throw TokenizationError.unsupported("the pattern '\(pattern)'")
        }
        let kept = ranks.filter { $0.rank >= 0 && $0.rank < vocabularySize - specialCount }
        var vocabulary = RankedVocabulary(count: vocabularySize, ranks: kept.count)
        for (text, rank) in kept.sorted(by: { $0.rank < $1.rank }) {
            try vocabulary.append(text, rank + specialCount)
        }
        let listed = specials ?? Self.oldSpecials.enumerated().map { ($1, $0) }
        let names = Dictionary(listed.map { ($0.rank, $0.name) }, uniquingKeysWith: { first, _ in first })
        guard names.keys.allSatisfy((0..<specialCount).contains) else {
            throw TokenizationError.malformed("a special token is not one of the first \(specialCount)")
        }
        for id in 0..<specialCount {
            let name = names[id] ?? "<SPECIAL_\(id)>"
            try vocabulary.append(
                special: AddedToken(id: TokenID(Int32(id)), text: Array(name.utf8), isControl: true))
        }
        var specials = SpecialTokens()
        specials.beginningOfSequence = vocabulary.token("<s>")
        specials.endOfSequence = vocabulary.token("</s>")
        specials.unknown = vocabulary.token("<unk>")
        specials.padding = vocabulary.token("<pad>")
        specials.addsBeginningOfSequence = specials.beginningOfSequence != nil
        return try vocabulary.tokenizer(PreTokenizer([stage]), composes: false, specials: specials)
    }
}
