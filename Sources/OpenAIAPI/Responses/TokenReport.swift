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

    package init(bytes: [UInt8], logprob: Float?, top: [Candidate]) {
        self.bytes = bytes
        self.logprob = logprob
        self.top = top
    }

    /// How many characters (Unicode scalars) begin in the token; over all tokens they sum up to those of the text.
    package var characterCount: Int {
        bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }
}
