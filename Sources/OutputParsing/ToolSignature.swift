package import JSONBytes

/// A tool that the request offers: its name, and the JSON Schema of its parameters.
package struct ToolSignature: Sendable {
    package let name: [UInt8]
    /// Nil where the request gives none.
    package let parameters: JSONValue?

    package init(name: [UInt8], parameters: JSONValue?) {
        self.name = name
        self.parameters = parameters
    }
}
