import ServingModel

/// SentencePiece's `.model` files: a Protocol Buffers message (`sentencepiece_model.proto`) of pieces with scores, and
/// how texts are normalized and tokenized.
package struct SentencePieceFile {
    private var pieces: [[UInt8]] = []
    private var scores: [Float] = []
    private var kinds: [TokenKind] = []
    private var modelType: UInt64 = 1
    private var normalizer = SentencePieceNormalizer()
    private var characterMap: [UInt8] = []
    private var escapesSpaces = true
    private var fallsBackToBytes = false
    private var unknown = 0
    private var start = 1
    private var end = 2
    private var padding = -1
    private var unknownText: [UInt8] = Array(" \u{2047} ".utf8)

    /// Makes the tokenizer of a file.
    ///
    /// - Parameter configuration: The bytes of the `tokenizer_config.json` beside it, which may name special tokens
    ///   and tokens that are not in the file.
    package static func tokenizer(
        of file: [UInt8], configuration: [UInt8]? = nil
    ) throws(TokenizationError) -> any Tokenizer {
        do {
            return try SentencePieceFile(file).tokenizer(TokenizerConfiguration(configuration))
        } catch let error as TokenizationError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    // MARK: Reading

    private init(_ file: [UInt8]) throws(TokenizationError) {
        var reader = ProtobufReader(file[...])
        while let (field, value) = try reader.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch field {
            case 1: try readPiece(bytes)
            case 2: try readTraining(bytes)
            case 3: try readNormalization(bytes)
            default: break
            }
        }
        guard !pieces.isEmpty, pieces.count < 1 << 22 else { throw .malformed("there are \(pieces.count) pieces") }
        if !characterMap.isEmpty { normalizer.characterMap = try PrecompiledCharacterMap(characterMap) }
    }

    private mutating func readPiece(_ message: ArraySlice<UInt8>) throws(TokenizationError) {
        var reader = ProtobufReader(message)
        var piece: [UInt8] = []
        var score: Float = 0
        var kind = TokenKind.normal
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let bytes)): piece = Array(bytes)
            case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
            case (3, .varint(let type)): kind = try Self.kind(type)
            default: break
            }
        }
        guard !score.isNaN else { throw .malformed("a score is not a number") }
        pieces.append(piece)
        scores.append(score)
        kinds.append(kind)
    }

    private static func kind(_ type: UInt64) throws(TokenizationError) -> TokenKind {
        switch type {
        case 1: .normal
        case 2: .unknown
        case 3: .control
        case 4: .userDefined
        case 5: .unused
        case 6: .byte
        default: throw .malformed("there is no piece of type \(type)")
        }
    }

    private mutating func readTraining(_ message: ArraySlice<UInt8>) throws(TokenizationError) {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (3, .varint(let type)): modelType = type
            case (24, .varint(let flag)): normalizer.putsSpaceBehind = flag != 0
            case (35, .varint(let flag)): fallsBackToBytes = flag != 0
            case (40, .varint(let id)): unknown = Self.id(id)
            case (41, .varint(let id)): start = Self.id(id)
            case (42, .varint(let id)): end = Self.id(id)
            case (43, .varint(let id)): padding = Self.id(id)
            case (44, .bytes(let text)): unknownText = Array(text)
            default: break
            }
        }
    }

    private static func id(_ value: UInt64) -> Int { Int(Int32(truncatingIfNeeded: value)) }

    private mutating func readNormalization(_ message: ArraySlice<UInt8>) throws(TokenizationError) {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (2, .bytes(let map)): characterMap = Array(map)
            case (3, .varint(let flag)): normalizer.addsSpace = flag != 0
            case (4, .varint(let flag)): normalizer.removesExtraSpaces = flag != 0
            case (5, .varint(let flag)): escapesSpaces = flag != 0
            default: break
            }
        }
    }

    // MARK: Making the tokenizer

    private func tokenizer(_ configuration: TokenizerConfiguration) throws -> any Tokenizer {
        guard escapesSpaces else { throw TokenizationError.unsupported("a model that does not escape white space") }
        var all = (pieces: pieces, kinds: kinds)
        for added in configuration.added where Int(added.token.id.rawValue) >= pieces.count {
            let id = Int(added.token.id.rawValue)
            guard id < 1 << 22 else { throw TokenizationError.malformed("there is a token \(id)") }
            while all.pieces.count <= id {
                all.pieces.append([])
                all.kinds.append(.unused)
            }
            all.pieces[id] = added.token.text
            all.kinds[id] = added.token.isControl ? .control : .userDefined
        }
        let specials = specials(configuration, &all)
        let added = addedTokens(configuration, all)
        var (texts, byteTokens) = try PieceSpelling.texts(
            all.pieces, all.kinds.map { $0 == .userDefined ? .normal : $0 })
        if texts.indices.contains(unknown), all.kinds[unknown] == .unknown { texts[unknown] = unknownText }
        for added in configuration.added where added.token.id.rawValue < texts.count && !added.token.isControl {
            texts[Int(added.token.id.rawValue)] = added.token.text
        }
        let vocabulary = Vocabulary(texts: texts, kinds: all.kinds, specials: specials, decoding: decoding)
        if !fallsBackToBytes { byteTokens = [] }
        guard modelType == 1 else { return try pairTokenizer(vocabulary, byteTokens, added, all.kinds) }
        return PipelineTokenizer(
            vocabulary: vocabulary,
            steps: .init(normalizer: .sentencePiece(completeNormalizer), model: .unigram(unigramModel(byteTokens))),
            addedTokens: added)
    }

    private func pairTokenizer(
        _ vocabulary: Vocabulary, _ byteTokens: [Int32], _ added: [AddedToken], _ kinds: [TokenKind]
    ) throws(TokenizationError) -> any Tokenizer {
        guard modelType == 2 else { throw .unsupported("a model of type \(modelType) (words or characters)") }
        guard !self.kinds.contains(.unused) else { throw .unsupported("unused pieces in a model of pairs") }
        let textKinds = self.kinds.map { $0 == .userDefined ? TokenKind.normal : $0 }
        let builder = SentencePieceBuilder(pieces, textKinds)
        return PipelineTokenizer(
            vocabulary: vocabulary,
            steps: .init(
                normalizer: .sentencePiece(completeNormalizer),
                model: .scoredPairs(
                    ScoredPairModel(
                        builder.symbols(merges: builder.merges(scores: scores)), count: pieces.count,
                        userDefined: userDefined, byteTokens: byteTokens,
                        unknown: unknown >= 0 ? TokenID(Int32(unknown)) : nil,
                        cutsBeforeSpaces: builder.cutsBeforeSpaces))),
            addedTokens: added)
    }

    private var decoding: Decoding {
        var decoding = Decoding()
        decoding.malformed = .perByte
        decoding.showsUnknown = true
        if normalizer.removesExtraSpaces {
            decoding.leading = .spacePerToken
        } else if normalizer.addsSpace {
            decoding.leading = .spaces(1)
        }
        return decoding
    }

    private var completeNormalizer: SentencePieceNormalizer {
        var normalizer = normalizer
        let userDefined = pieces.indices.filter { kinds[$0] == .userDefined }.map { pieces[$0] }
        if !userDefined.isEmpty { normalizer.userDefined = ByteTrie(userDefined) }
        return normalizer
    }

    /// The user-defined pieces' tokens.
    private var userDefined: [(text: [UInt8], token: TokenID)] {
        pieces.indices.filter { kinds[$0] == .userDefined }.map { (pieces[$0], TokenID(Int32($0))) }
    }

    private func unigramModel(_ byteTokens: [Int32]) -> UnigramModel {
        var lowest = Float.greatestFiniteMagnitude
        var highest = -Float.greatestFiniteMagnitude
        for index in pieces.indices where kinds[index] == .normal {
            lowest = min(lowest, scores[index])
            highest = max(highest, scores[index])
        }
        var unknown = UnigramModel.Unknown(
            token: self.unknown >= 0 ? TokenID(Int32(self.unknown)) : nil,
            score: Double(lowest - Float(UnigramModel.Unknown.penalty)))
        unknown.byteTokens = byteTokens.map { TokenID($0 < 0 ? Int32(max(self.unknown, 0)) : $0) }
        return UnigramModel(
            pieces.indices.filter { kinds[$0] == .normal || kinds[$0] == .userDefined }.map { index in
                // A user-defined piece is taken whatever the others say.
                let bonus = Double(Float(pieces[index].count) * highest) - 0.1
                let score = kinds[index] == .userDefined ? Float(bonus) : scores[index]
                return .init(text: pieces[index], score: Double(score), token: TokenID(Int32(index)))
            }, unknown: unknown, precision: .single)
    }

    // MARK: Special tokens

    private func specials(
        _ configuration: TokenizerConfiguration, _ all: inout (pieces: [[UInt8]], kinds: [TokenKind])
    ) -> SpecialTokens {
        var specials = SpecialTokens()
        func token(_ id: Int) -> TokenID? { all.pieces.indices.contains(id) ? TokenID(Int32(id)) : nil }
        specials.unknown = token(unknown)
        specials.beginningOfSequence = token(start)
        specials.endOfSequence = token(end)
        specials.padding = token(padding)
        specials.addsBeginningOfSequence = specials.beginningOfSequence != nil
        var named: [String: TokenID] = [:]
        let names = configuration.added.map { ($0.token.text, $0.token.id) }
        let marks = all.pieces.indices.filter { all.kinds[$0] == .control || all.kinds[$0] == .userDefined }
        for (text, id) in marks.map({ (all.pieces[$0], TokenID(Int32($0))) }) + names {
            named[String(decoding: text, as: UTF8.self)] = id
        }
        configuration.complete(&specials) { named[$0] }
        let known = named.filter { SpecialTokenNames.all.contains($0.key) }
        for token in SpecialTokenNames.complete(&specials, with: known) { all.kinds[Int(token.rawValue)] = .control }
        return specials
    }

    /// What is recognised before a text is normalized: control pieces, and what the configuration adds.
    private func addedTokens(
        _ configuration: TokenizerConfiguration, _ all: (pieces: [[UInt8]], kinds: [TokenKind])
    ) -> [AddedToken] {
        var added: [Int: AddedToken] = [:]
        for index in all.pieces.indices where all.kinds[index] == .control || all.kinds[index] == .unknown {
            added[index] = AddedToken(id: TokenID(Int32(index)), text: all.pieces[index], isControl: true)
        }
        for token in configuration.added.map(\.token) {
            let id = Int(token.id.rawValue)
            var token = token
            token.isControl = token.isControl || all.kinds[id] == .control
            added[id] = token
        }
        return added.sorted { $0.key < $1.key }.map(\.value)
    }
}
