package import ServingModel

/// The tokens of a model: their bytes, their kinds, and the ones with a meaning of their own.
package final class Vocabulary: Sendable {
    /// The bytes of all tokens, one after the other; token `i` is `offsets[i]..<offsets[i + 1]`.
    let blob: ConstantBuffer<UInt8>
    let offsets: ConstantBuffer<UInt32>
    private let kinds: ConstantBuffer<UInt8>
    private let endsGeneration: ConstantBuffer<Bool>

    package let count: Int
    package let specials: SpecialTokens
    /// The special tokens that the model expects around a text.
    package let template: SequenceTemplate
    let decoding: Decoding
    /// What tokens add to a text that begins with them, where that is something else.
    private let firstTexts: [TokenID: [UInt8]]

    /// - Parameters:
    ///   - texts: What each token adds to a text.
    ///   - firstTexts: What it adds where it is the first, if that is something else.
    ///   - kinds: As many as texts.
    ///   - template: If nil, what `specials` say.
    init(
        texts: [[UInt8]], firstTexts: [TokenID: [UInt8]] = [:], kinds: [TokenKind], specials: SpecialTokens,
        decoding: Decoding = .plain, template: SequenceTemplate? = nil
    ) {
        precondition(texts.count == kinds.count, "every token has a text and a kind")
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(texts.count + 1)
        for text in texts { offsets.append((offsets.last ?? 0) + UInt32(text.count)) }
        var ends = [Bool](repeating: false, count: texts.count)
        for token in specials.endOfGeneration { ends[Int(token.rawValue)] = true }
        self.count = texts.count
        self.blob = ConstantBuffer(Array(texts.joined()))
        self.offsets = ConstantBuffer(offsets)
        self.kinds = ConstantBuffer(kinds.map(\.rawValue))
        self.endsGeneration = ConstantBuffer(ends)
        self.specials = specials
        self.decoding = decoding
        self.firstTexts = firstTexts
        self.template = template ?? SequenceTemplate(specials)
    }

    /// Whether encoding puts a space before a text, which decoding the whole takes away again.
    package var addsSpacePrefix: Bool { decoding.leading != .nothing || !firstTexts.isEmpty }

    /// What a token adds to a text that begins with it, where that is something else than `bytes`.
    func firstText(of token: TokenID) -> [UInt8]? { firstTexts.isEmpty ? nil : firstTexts[token] }

    /// Whether there is such a token.
    package func contains(_ token: TokenID) -> Bool { token.rawValue >= 0 && Int(token.rawValue) < count }

    package func kind(of token: TokenID) -> TokenKind {
        precondition(contains(token), "the token is one of the vocabulary")
        return TokenKind(rawValue: kinds.elements[Int(token.rawValue)]) ?? .unused
    }

    /// What a token adds to a text: not always whole characters. Control tokens have their names.
    package func bytes(of token: TokenID) -> [UInt8] { Array(buffer(of: token)) }

    /// Whether a generation ends with this token. False for numbers that are no token.
    package func endsGeneration(_ token: TokenID) -> Bool {
        contains(token) && endsGeneration.elements[Int(token.rawValue)]
    }

    /// The control token or user-defined token of this name. O(tokens).
    package func token(named name: String) -> TokenID? {
        for id in 0..<count where kinds.elements[id] != TokenKind.normal.rawValue {
            let token = TokenID(Int32(id))
            if buffer(of: token).elementsEqual(name.utf8) { return token }
        }
        return nil
    }

    /// The bytes of a token, as long as the vocabulary lives.
    @inline(__always)
    func buffer(of token: TokenID) -> UnsafeBufferPointer<UInt8> {
        precondition(contains(token), "the token is one of the vocabulary")
        let start = Int(offsets.elements[Int(token.rawValue)])
        let end = Int(offsets.elements[Int(token.rawValue) + 1])
        return UnsafeBufferPointer(start: blob.elements + start, count: end - start)
    }
}
