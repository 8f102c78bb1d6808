/// Calls of functions as text, in a notation that a model was trained to.
package struct CallConstraint: Sendable, Equatable {
    /// A function that may be called.
    package struct Function: Sendable, Equatable {
        package var name: String
        /// The JSON Schema of its arguments, as text; they are an object in any case.
        package var parameters: String
        /// Whether a schema that cannot be held to is an error; otherwise the arguments may be any object, then.
        package var isStrict: Bool
        /// The request's field with the schema, for errors.
        package var field: String

        package init(name: String, parameters: String, isStrict: Bool, field: String) {
            self.name = name
            self.parameters = parameters
            self.isStrict = isStrict
            self.field = field
        }
    }

    /// How calls are written: literal text around the name and the arguments of each.
    ///
    /// Two calls read: `opening`, then `beforeName` NAME `beforeArguments` ARGUMENTS `afterArguments`, `between`, the
    /// same again, `closing`. The name is text as it stands in the request.
    package struct Frame: Sendable, Equatable {
        package var opening, beforeName: String
        /// What stands between an id of the model's choice and the name behind it; nil if calls have none there.
        package var afterID: String?
        /// What stands between the name and the same name again; nil if it stands there once.
        package var betweenNames: String?
        /// What stands between a call's name and its number, which the model chooses; nil if calls have none.
        package var beforeNumber: String?
        package var beforeArguments: String
        package var arguments: ArgumentNotation
        package var afterArguments, between, closing: String
        /// Whether the line feeds in all these texts may be left out, because models differ in them.
        package var mayOmitLineFeeds: Bool

        /// Whether a call is literal text around its name and one JSON object.
        package var isPlainJSON: Bool {
            arguments == .json && afterID == nil && betweenNames == nil && beforeNumber == nil && !mayOmitLineFeeds
        }

        package init(
            opening: String = "", beforeName: String, afterID: String? = nil, betweenNames: String? = nil,
            beforeNumber: String? = nil, beforeArguments: String,
            arguments: ArgumentNotation = .json, afterArguments: String = "", between: String = "",
            closing: String = "", mayOmitLineFeeds: Bool = false
        ) {
            self.opening = opening
            self.beforeName = beforeName
            self.afterID = afterID
            self.betweenNames = betweenNames
            self.beforeNumber = beforeNumber
            self.beforeArguments = beforeArguments
            self.arguments = arguments
            self.afterArguments = afterArguments
            self.between = between
            self.closing = closing
            self.mayOmitLineFeeds = mayOmitLineFeeds
        }
    }

    package var frame: Frame
    /// At least one.
    package var functions: [Function]
    /// The most calls; at least 1.
    package var callsMax: Int
    /// What the output may be instead.
    package var alternative: OutputConstraint?

    package init(frame: Frame, functions: [Function], callsMax: Int) {
        precondition(!functions.isEmpty && callsMax > 0, "there is something to call")
        self.frame = frame
        self.functions = functions
        self.callsMax = callsMax
    }
}
