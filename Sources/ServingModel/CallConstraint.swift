/// Calls of functions as text: literal text around JSON values.
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

    /// The literal text: once before the first call, around the name and the arguments of each, between calls, and once
    /// behind the last.
    package struct Frame: Sendable, Equatable {
        package var opening, beforeName, beforeArguments, afterArguments, between, closing: String

        package init(
            opening: String, beforeName: String, beforeArguments: String, afterArguments: String, between: String,
            closing: String
        ) {
            self.opening = opening
            self.beforeName = beforeName
            self.beforeArguments = beforeArguments
            self.afterArguments = afterArguments
            self.between = between
            self.closing = closing
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
