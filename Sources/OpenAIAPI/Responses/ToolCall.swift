import JSONBytes

/// A call of a function in a whole answer.
package struct ToolCall: Sendable, Equatable {
    package var id: String
    /// Whole characters of UTF-8, as all that follows.
    package var name: [UInt8]
    /// JSON text, as the model wrote it.
    package var arguments: [UInt8]

    package init(id: String, name: [UInt8], arguments: [UInt8]) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// Appends `{"id":…,"type":"function","function":{…}}`.
    func append(to bytes: inout [UInt8]) {
        bytes.append("{")
        Self.appendStart(id: id, name: name, to: &bytes)
        arguments.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#""}}"#)
    }

    /// Appends the members up to and with the opening quote of the arguments.
    static func appendStart(id: String, name: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(#""id":""#)
        var id = id
        id.withUTF8 { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#"","type":"function","function":{"name":""#)
        name.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#"","arguments":""#)
    }
}
