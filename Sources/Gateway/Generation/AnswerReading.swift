package import OutputParsing
package import ServingModel

/// How a chat's answer is told apart into reasoning, content and calls.
package struct AnswerReading: Sendable {
    /// The parser before the answer's first byte; each choice has a copy.
    package var parser: OutputParser
    /// Control tokens that it has to see.
    package var markers: Set<TokenID>
    package var showsReasoning: Bool
    /// The most calls of one answer; nil if there is no limit.
    package var callsMax: Int?
    /// Whether calls without an id of the model's own get a short one.
    package var hasShortCallIDs: Bool

    package init(
        parser: OutputParser, markers: Set<TokenID>, showsReasoning: Bool, callsMax: Int?, hasShortCallIDs: Bool
    ) {
        self.parser = parser
        self.markers = markers
        self.showsReasoning = showsReasoning
        self.callsMax = callsMax
        self.hasShortCallIDs = hasShortCallIDs
    }
}
