/// Why a template could not be compiled or rendered.
package struct TemplateError: Error, Equatable, CustomStringConvertible {
    /// Who is to blame.
    package enum Kind: Equatable, Sendable {
        /// The template is not valid: an error of the model's files, known when the template is compiled.
        case syntax
        /// The template itself refused the input with `raise_exception`; the message is the template's.
        case raised
        /// An operation failed on this input, as it would in Jinja2.
        case runtime
        /// The named limit of `TemplateLimits` was met.
        case limitExceeded(String)
    }

    package let kind: Kind
    package let message: String
    /// The line of the template, from 1.
    package let line: Int

    package init(_ kind: Kind, _ message: String, line: Int) {
        self.kind = kind
        self.message = message
        self.line = line
    }

    package var description: String { "\(message) (template line \(line))" }
}
