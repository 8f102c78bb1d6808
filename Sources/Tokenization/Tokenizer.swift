package import ServingModel

/// Turns text into the tokens that a model was trained with, exactly.
///
/// One tokenizer serves all threads at once.
package protocol Tokenizer: Sendable {
    var vocabulary: Vocabulary { get }

    /// Appends the tokens of a text.
    ///
    /// Control tokens are recognised only where the whole match lies inside one of `specials`, byte ranges of the text
    /// in ascending order; elsewhere their names are ordinary text. Ranges that touch are as one. User-defined tokens
    /// are recognised everywhere. Nothing is added before or behind. Bytes that are not UTF-8 are encoded as they are
    /// where the vocabulary can, and left out where it cannot.
    ///
    /// O(text), or O(n log n) in the length of its longest word. Allocates nothing per word.
    func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID])

    /// Appends the tokens of a part of a text as they are in the tokens of the whole.
    ///
    /// Each end of the part is the text's or a restart that `restart` gave.
    func encode(
        _ text: Span<UInt8>, _ part: Range<Int>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID])

    /// The end of the first control token that is recognised behind `position`, which is 0 or another restart: what
    /// follows has the same tokens whatever stands before it. Nil if there is none.
    ///
    /// That it is one may depend on as many bytes behind it as `restartLookahead`.
    func restart(_ text: Span<UInt8>, after position: Int, specialsIn specials: [Range<Int>]) -> Int?

    var restartLookahead: Int { get }
}

extension Tokenizer {
    // A tokenizer without restarts of its own.

    package func restart(_ text: Span<UInt8>, after position: Int, specialsIn specials: [Range<Int>]) -> Int? { nil }

    package var restartLookahead: Int { 0 }

    package func encode(
        _ text: Span<UInt8>, _ part: Range<Int>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]
    ) {
        precondition(part == 0..<text.count, "a tokenizer without restarts encodes the whole")
        encode(text, specialsIn: specials, into: &tokens)
    }

    /// The tokens of a text in which no control token is recognised.
    package func encode(_ text: String) -> [TokenID] { encode(Array(text.utf8)) }

    /// The tokens of a text in which no control token is recognised.
    package func encode(_ text: [UInt8]) -> [TokenID] {
        var tokens: [TokenID] = []
        encode(text.span, specialsIn: [], into: &tokens)
        return tokens
    }

    /// The tokens of a text in which control tokens are recognised everywhere: never for text that a user wrote.
    package func encodeWithSpecials(_ text: String) -> [TokenID] {
        let bytes = Array(text.utf8)
        var tokens: [TokenID] = []
        encode(bytes.span, specialsIn: [0..<bytes.count], into: &tokens)
        return tokens
    }

    /// The tokens of a text, or of two, in which no control token is recognised, with those around them that the model
    /// expects: what embedding and classifying models are given.
    package func encodeSequence(_ text: [UInt8], _ second: [UInt8]? = nil) -> SequenceTemplate.Sequence {
        vocabulary.template.sequence(encode(text), second.map { encode($0) })
    }

    /// The text of tokens, control tokens left out, as UTF-8 with U+FFFD for what is not.
    package func decode(_ tokens: [TokenID]) -> [UInt8] {
        var detokenizer = StreamingDetokenizer(
            vocabulary, removesLeadingSpace: vocabulary.addsSpacePrefix, holdsRuns: true)
        var text: [UInt8] = []
        for token in tokens { detokenizer.append(token, to: &text) }
        detokenizer.finish(into: &text)
        return text
    }
}
