/// What a constraint waits for; the output before it is free.
package struct ConstraintTrigger: Sendable, Equatable {
    /// A text upon which the constraint begins to hold.
    package struct Opening: Sendable, Equatable {
        package var text: [UInt8]
        /// What the constrained output counts as having begun with; models write some openings in more than one way.
        package var standsFor: [UInt8]

        package init(text: [UInt8], standsFor: [UInt8]) {
            self.text = text
            self.standsFor = standsFor
        }
    }

    /// Texts around stretches of the output in which no opening is looked for: a model that thinks aloud of what it
    /// will write has not begun to.
    package struct Aside: Sendable, Equatable {
        package var openings: [[UInt8]]
        package var closings: [[UInt8]]
        /// Whether one may begin behind other text than white space.
        package var opensAnywhere: Bool
        /// Whether the prompt ends within one.
        package var isOpen: Bool

        package init(openings: [[UInt8]], closings: [[UInt8]], opensAnywhere: Bool, isOpen: Bool) {
            self.openings = openings
            self.closings = closings
            self.opensAnywhere = opensAnywhere
            self.isOpen = isOpen
        }
    }

    /// None if the constraint begins to hold as soon as no aside is open.
    package var openings: [Opening]
    package var aside: Aside?

    package init(openings: [Opening], aside: Aside?) {
        self.openings = openings
        self.aside = aside
    }
}
