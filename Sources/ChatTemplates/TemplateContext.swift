package import JSONBytes

/// What a rendering may see of the outside.
package struct TemplateContext: Sendable {
    /// The caller's input: `messages`, `tools`, `add_generation_prompt`, …
    package var variables: JSONObject
    /// Strings that count as the template's own text, such as `bos_token`; they take precedence over `variables`.
    package var trusted: [String: String]
    /// What `strftime_now` tells.
    package var now: TemplateDate

    package init(variables: JSONObject, trusted: [String: String] = [:], now: TemplateDate) {
        self.variables = variables
        self.trusted = trusted
        self.now = now
    }
}
