import JSONBytes

/// The messages of a request, brought into the one form that chat templates expect.
///
/// Each is an object with `role`, then `content` as one string, then whatever else it has, in its order. As in vLLM,
/// text parts are joined by line feeds, and reasoning stands under both of its names.
enum ChatMessages {
    static func decode(
        _ fields: FieldReader, arguments: ToolArgumentForm, limits: RequestLimits
    ) throws(APIError) -> [JSONValue]? {
        guard let elements = try fields.array("messages") else { return nil }
        guard (1...limits.messages).contains(elements.count) else {
            throw .wrongValue(
                fields.param("messages"), expected: "1 to \(limits.messages) messages", got: "\(elements.count)")
        }
        var messages: [JSONValue] = []
        messages.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let element = try fields.element(element, of: "messages", at: index)
            messages.append(.object(try message(element, arguments: arguments)))
        }
        return messages
    }

    private static func message(
        _ fields: FieldReader, arguments: ToolArgumentForm
    ) throws(APIError) -> JSONObject {
        guard let role = try fields.nonEmptyString("role") else { throw .missing(fields.param("role")) }
        var message = JSONObject()
        message["role"] = .string(role)
        if let content = try content(fields) {
            message["content"] = .string(content)
        } else if role == "assistant" {
            message["content"] = ""
        } else {
            throw .missing(fields.param("content"))
        }
        for name in ["name", "tool_call_id", "refusal"] {
            if let text = try fields.string(name) { message[name] = .string(text) }
        }
        let (longName, shortName) = (try fields.string("reasoning_content"), try fields.string("reasoning"))
        if let reasoning = longName ?? shortName {
            message["reasoning_content"] = .string(reasoning)
            message["reasoning"] = .string(reasoning)
        }
        if let calls = try fields.array("tool_calls"), !calls.isEmpty {
            message["tool_calls"] = try toolCalls(calls, of: fields, arguments: arguments)
        }
        return message
    }

    private static func content(_ fields: FieldReader) throws(APIError) -> String? {
        switch fields.value("content") {
        case nil: return nil
        case .string(let text)?: return text
        case .array(let parts)?:
            var texts: [String] = []
            for (index, part) in parts.enumerated() {
                texts.append(try text(of: part, at: index, in: fields))
            }
            return texts.joined(separator: "\n")
        case let value?:
            throw .wrongType(fields.param("content"), expected: "a string or an array of parts", got: value)
        }
    }

    /// The text of one part. A part's type is looked at first, so that an image is refused as an image and not for the
    /// members that images have.
    private static func text(of part: JSONValue, at index: Int, in fields: FieldReader) throws(APIError) -> String {
        let path = "\(fields.param("content"))[\(index)]"
        if case .object(let object) = part {
            guard let type = object["type"], type != .null else { throw .missing("\(path).type") }
            guard case .string(let name) = type else {
                throw .wrongType("\(path).type", expected: "a string", got: type)
            }
            guard name == "text" else {
                throw .unsupportedValue(
                    "\(path).type", only: "\"text\"", because: "parts of type \(type.text) are not supported")
            }
        }
        let text = try fields.element(part, of: "content", at: index)
        guard let content = try text.string("text") else { throw .missing(text.param("text")) }
        return content
    }

    /// Calls in the one order of members that models were trained on, whatever the client's.
    private static func toolCalls(
        _ calls: [JSONValue], of message: FieldReader, arguments: ToolArgumentForm
    ) throws(APIError) -> JSONValue {
        var decoded: [JSONValue] = []
        for (index, call) in calls.enumerated() {
            let fields = try message.element(call, of: "tool_calls", at: index)
            var object = JSONObject()
            if let id = try fields.string("id") { object["id"] = .string(id) }
            try FunctionTool.checkType(fields, isRequired: false)
            object["type"] = "function"
            guard let function = try fields.object("function") else { throw .missing(fields.param("function")) }
            guard let name = try function.nonEmptyString("name") else { throw .missing(function.param("name")) }
            object["function"] = [
                "name": .string(name), "arguments": try Self.arguments(of: function, form: arguments),
            ]
            decoded.append(.object(object))
        }
        return .array(decoded)
    }

    private static func arguments(
        of function: FieldReader, form: ToolArgumentForm
    ) throws(APIError) -> JSONValue {
        switch function.value("arguments") {
        case nil, ""?: return form == .object ? .object(JSONObject()) : "{}"
        case .string(let text)?:
            guard let value = try? JSONValue(parsing: text) else {
                throw .invalid(function.param("arguments"), "it is not JSON")
            }
            return form == .object ? value : .string(text)
        case .object(let object)?: return form == .object ? .object(object) : .string(JSONValue.object(object).text)
        case let value?:
            throw .wrongType(function.param("arguments"), expected: "a string or an object", got: value)
        }
    }
}
