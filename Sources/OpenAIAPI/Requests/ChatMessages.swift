import JSONBytes

/// The messages of a request, brought into the one form that chat templates expect.
///
/// Each is an object with `role`, then `content` as one string, then whatever else it has, in its order. As in vLLM,
/// text parts are joined by line feeds, and the arguments of tool calls are objects rather than JSON in a string.
enum ChatMessages {
    static func decode(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> [JSONValue]? {
        guard let elements = try fields.array("messages") else { return nil }
        guard (1...limits.messages).contains(elements.count) else {
            throw .wrongValue(
                fields.param("messages"), expected: "1 to \(limits.messages) messages", got: "\(elements.count)")
        }
        var messages: [JSONValue] = []
        messages.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            messages.append(.object(try message(try fields.element(element, of: "messages", at: index))))
        }
        return messages
    }

    private static func message(_ fields: FieldReader) throws(APIError) -> JSONObject {
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
        for name in ["name", "tool_call_id", "reasoning_content", "reasoning", "refusal"] {
            if let text = try fields.string(name) { message[name] = .string(text) }
        }
        if let calls = try fields.array("tool_calls"), !calls.isEmpty {
            message["tool_calls"] = try toolCalls(calls, param: fields.param("tool_calls"))
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

    private static func toolCalls(_ calls: [JSONValue], param: String) throws(APIError) -> JSONValue {
        var decoded: [JSONValue] = []
        for (index, call) in calls.enumerated() {
            guard case .object(var object) = call else {
                throw .wrongType("\(param)[\(index)]", expected: "an object", got: call)
            }
            if case .object(var function)? = object["function"], case .string(let text)? = function["arguments"] {
                let arguments = text.isEmpty ? JSONValue.object(JSONObject()) : try? JSONValue(parsing: text)
                guard let arguments else {
                    throw .invalid("\(param)[\(index)].function.arguments", "it is not JSON")
                }
                function["arguments"] = arguments
                object["function"] = .object(function)
            }
            decoded.append(.object(object))
        }
        return .array(decoded)
    }
}
