package import JSONBytes

/// A function that a model may call.
package struct FunctionTool: Sendable, Equatable {
    package let name: String
    /// A JSON Schema; nil if it takes no arguments.
    package let parameters: JSONValue?
    /// Whether a call's arguments must satisfy the schema.
    package let isStrict: Bool
    /// The tool as the model is told of it: the client's object, without what is not for models.
    package let description: JSONValue
    /// The place in the request of the function's own object.
    package let param: String

    /// The functions of a request; empty if it has none.
    static func decode(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> [FunctionTool] {
        guard let elements = try fields.array("tools") else { return [] }
        guard elements.count <= limits.tools else {
            throw .wrongValue(
                fields.param("tools"), expected: "at most \(limits.tools) functions", got: "\(elements.count)")
        }
        var tools: [FunctionTool] = []
        var names: Set<String> = []
        for (index, element) in elements.enumerated() {
            let tool = try FunctionTool(try fields.element(element, of: "tools", at: index))
            guard names.insert(tool.name).inserted else {
                throw .invalid(
                    "\(tool.param).name", "another function has the name \(JSONValue.string(tool.name).text)")
            }
            tools.append(tool)
        }
        return tools
    }

    private init(_ fields: FieldReader) throws(APIError) {
        try Self.checkType(fields, isRequired: true)
        guard let function = try fields.object("function") else { throw .missing(fields.param("function")) }
        param = fields.param("function")
        name = try function.identifier("name")
        _ = try function.string("description")
        parameters = try function.freeObject("parameters").map(JSONValue.object)
        isStrict = try function.bool("strict") ?? false
        var shown = function.object
        shown["strict"] = nil
        description = ["type": "function", "function": .object(shown)]
    }

    /// Refuses every type of tool but functions.
    static func checkType(_ fields: FieldReader, isRequired: Bool) throws(APIError) {
        guard let type = try fields.string("type") else {
            if isRequired { throw .missing(fields.param("type")) }
            return
        }
        guard type == "function" else {
            throw .unsupportedValue(
                fields.param("type"), only: "\"function\"",
                because: "tools of type \(JSONValue.string(type).text) are not supported")
        }
    }
}
