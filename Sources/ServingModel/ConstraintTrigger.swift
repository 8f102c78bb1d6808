/// Text upon which a constraint begins to hold; the output before it is free.
package struct ConstraintTrigger: Sendable, Equatable {
    /// Texts around reasoning.
    package struct Reasoning: Sendable, Equatable {
        package var openings: [[UInt8]]
        package var closings: [[UInt8]]
        /// Whether the prompt ends within it.
        package var isOpen: Bool

        package init(openings: [[UInt8]], closings: [[UInt8]], isOpen: Bool) {
            self.openings = openings
            self.closings = closings
            self.isOpen = isOpen
        }
    }

    /// What the constrained output begins with, if the output is to go on as the model likes until then; nil if it
    /// begins as soon as no reasoning is open.
    package var text: [UInt8]?
    /// Where the text is not looked for: a model that thinks aloud of what it will write has not begun to.
    package var reasoning: Reasoning?

    package init(text: [UInt8]?, reasoning: Reasoning?) {
        self.text = text
        self.reasoning = reasoning
    }
}
