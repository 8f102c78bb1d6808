/// A token's log-probability, with those of the likeliest tokens at its position, as texts.
package struct TokenReport: Sendable, Equatable {
    /// One token that could have stood here.
    package struct Candidate: Sendable, Equatable {
        /// The token's own bytes, which need not be whole characters.
        package var bytes: [UInt8]
        /// A natural logarithm.
        package var logprob: Float

        package init(bytes: [UInt8], logprob: Float) {
            self.bytes = bytes
            self.logprob = logprob
        }
    }

    /// The token's own bytes, which need not be whole characters.
    package var bytes: [UInt8]
    /// A natural logarithm; nil for the first token of an echoed prompt, which nothing precedes.
    package var logprob: Float?
    /// Likeliest first.
    package var top: [Candidate]
    /// Where the token's text begins in that of the choice, an echoed prompt included, in characters (Unicode scalars).
    /// Tokens that share a character begin where it does; one without text begins where the next does.
    package var textOffset: Int

    package init(bytes: [UInt8], logprob: Float?, top: [Candidate], textOffset: Int) {
        self.bytes = bytes
        self.logprob = logprob
        self.top = top
        self.textOffset = textOffset
    }
}
