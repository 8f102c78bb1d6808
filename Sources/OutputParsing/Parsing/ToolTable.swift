import JSONBytes

/// The tools of a request, by name.
struct ToolTable: Sendable {
    private let tools: [[UInt8]: JSONValue?]

    var isEmpty: Bool { tools.isEmpty }

    init(_ tools: [ToolSignature]) {
        self.tools = Dictionary(tools.map { ($0.name, $0.parameters) }) { first, _ in first }
    }

    func contains(_ name: [UInt8]) -> Bool {
        tools[name] != nil
    }

    /// The JSON Schema of a tool's parameters.
    func parameters(of name: [UInt8]) -> JSONValue? {
        tools[name] ?? nil
    }
}
