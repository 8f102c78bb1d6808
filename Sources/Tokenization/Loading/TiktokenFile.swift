import ServingModel

/// tiktoken's files: a token in base64 and its rank on each line.
package enum TiktokenFile {
    /// Whether bytes look like such a file.
    static func isOne(_ file: [UInt8]) -> Bool {
        guard let line = file.prefix(4096).split(separator: 0x0A).first else { return false }
        let parts = line.split(separator: 0x20)
        return parts.count == 2 && Base64.decode(parts[0]) != nil && integer(parts[1]) != nil
    }

    /// Makes the tokenizer of a file.
    ///
    /// - Parameters:
    ///   - name: The file's name.
    ///   - encoding: If nil, found by the file's name or by how many ranks it has.
    ///   - configuration: The bytes of the `tokenizer_config.json` beside it, which may name more special tokens.
    package static func tokenizer(
        of file: [UInt8], name: String, encoding: TiktokenEncoding? = nil, configuration: [UInt8]? = nil
    ) throws(TokenizationError) -> any Tokenizer {
        let ranks = try ranks(file)
        guard let encoding = encoding ?? TiktokenEncoding(fileName: name, ranks: ranks.count) else {
            throw .unsupported("the pattern of '\(name)', which has \(ranks.count) ranks")
        }
        do {
            return try tokenizer(ranks, encoding, TokenizerConfiguration(configuration))
        } catch let error as TokenizationError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    private static func tokenizer(
        _ ranks: [(text: [UInt8], rank: Int)], _ encoding: TiktokenEncoding, _ configuration: TokenizerConfiguration
    ) throws -> any Tokenizer {
        var last = max(ranks.map(\.rank).max() ?? 0, encoding.specials.map(\.id).max() ?? 0)
        last = max(last, configuration.added.map { Int($0.token.id.rawValue) }.max() ?? 0)
        guard last < 1 << 22 else { throw TokenizationError.malformed("the vocabulary has a token \(last)") }
        var vocabulary = RankedVocabulary(count: last + 1, ranks: ranks.count)
        for (text, rank) in ranks { try vocabulary.append(text, rank) }
        for (name, id) in encoding.specials {
            try vocabulary.append(
                special: AddedToken(id: TokenID(Int32(id)), text: Array(name.utf8), isControl: true))
        }
        for added in configuration.added { try vocabulary.append(special: added.token) }
        var specials = SpecialTokens()
        specials.beginningOfSequence = encoding.beginningOfSequence.flatMap { vocabulary.token($0) }
        specials.endOfSequence = encoding.endOfSequence.flatMap { vocabulary.token($0) }
        specials.addsBeginningOfSequence = encoding.addsBeginningOfSequence
        configuration.complete(&specials) { vocabulary.token($0) }
        return try vocabulary.tokenizer(encoding.preTokenizer, composes: encoding.composes, specials: specials)
    }

    /// The lines of a file, by ascending rank.
    private static func ranks(_ file: [UInt8]) throws(TokenizationError) -> [(text: [UInt8], rank: Int)] {
        var ranks: [(text: [UInt8], rank: Int)] = []
        ranks.reserveCapacity(file.count / 16)
        var start = 0
        while start < file.count {
            let end = file[start...].firstIndex(of: 0x0A) ?? file.count
            let parts = file[start..<end].split(separator: 0x20)
            start = end + 1
            if parts.isEmpty { continue }
            guard parts.count == 2, let text = Base64.decode(parts[0]), let rank = integer(parts[1]) else {
                throw .malformed("line \(ranks.count) is not a token and its rank")
            }
            ranks.append((text, rank))
        }
        guard !ranks.isEmpty else { throw .malformed("there are no tokens") }
        return ranks.sorted { $0.rank < $1.rank }
    }

    private static func integer(_ digits: ArraySlice<UInt8>) -> Int? {
        let text = digits.last == 0x0D ? digits.dropLast() : digits
        guard let number = Int(String(decoding: text, as: UTF8.self)), number >= 0 else { return nil }
        return number
    }
}
