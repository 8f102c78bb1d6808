/// How the arguments of a call are written.
package enum ArgumentNotation: Sendable, Equatable {
    /// One JSON object.
    case json
    /// `key=value`, apart by commas, with Python's literals; the parentheses belong to the frame.
    case python
    /// An object with bare keys and strings between `<|"|>`, as Gemma writes it.
    case gemma
    /// Each argument between tags of its own.
    case tagged(TaggedArguments)
}

/// Arguments between tags: strings as they are, all else as JSON.
///
/// An argument reads: `beforeKey` KEY `afterKey`, the note of its type and `beforeValue`, VALUE `afterValue`,
/// `afterArgument`.
package struct TaggedArguments: Sendable, Equatable {
    /// What an argument says of its type.
    package enum TypeNote: Sendable, Equatable {
        case none
        /// `true` of a string, `false` of anything else.
        case isString
        /// The type's name; all numbers are `number`.
        case name
    }

    package var beforeKey, afterKey: String
    package var note = TypeNote.none
    package var beforeValue = ""
    /// What ends a value. But for white space that it begins with, it stands in no value.
    package var afterValue: String
    package var afterArgument = ""
    /// Whether a line feed at the beginning or the end of a value is not taken for a part of it.
    package var losesLineFeeds = false
    /// What may stand around a string, besides, and must where it holds what `afterValue` begins with.
    package var verbatim: Verbatim?

    package struct Verbatim: Sendable, Equatable {
        package var open, close: String

        package init(open: String, close: String) {
            self.open = open
            self.close = close
        }
    }

    package init(
        beforeKey: String, afterKey: String, note: TypeNote = .none, beforeValue: String = "", afterValue: String,
        afterArgument: String = "", losesLineFeeds: Bool = false, verbatim: Verbatim? = nil
    ) {
        self.beforeKey = beforeKey
        self.afterKey = afterKey
        self.note = note
        self.beforeValue = beforeValue
        self.afterValue = afterValue
        self.afterArgument = afterArgument
        self.losesLineFeeds = losesLineFeeds
        self.verbatim = verbatim
    }
}
