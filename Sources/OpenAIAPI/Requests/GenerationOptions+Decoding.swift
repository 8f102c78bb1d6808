import JSONBytes
import ServingModel

extension GenerationOptions {
    /// Decodes what all endpoints have in common; `maxTokens` comes from the caller, whose field has its own name.
    init(
        _ fields: FieldReader, maxTokens: Int?, defaults: SamplingOptions, limits: RequestLimits
    ) throws(APIError) {
        self.maxTokens = maxTokens
        streaming = try Self.streaming(fields)
        choices = try fields.integer("n", in: 1...limits.choices) ?? 1
        sampling = try SamplingOptions(fields, defaults: defaults, limits: limits)
        minTokens = try fields.integer("min_tokens", in: 0...(maxTokens ?? limits.tokens)) ?? 0
        ignoresEndOfSequence = try fields.bool("ignore_eos") ?? false
        stopTokens = try Self.stopTokens(fields, limits: limits)
        stopStrings = try Self.stopStrings(fields, limits: limits)
        constraint = try Self.constraint(fields)
    }

    private static func streaming(_ fields: FieldReader) throws(APIError) -> Streaming? {
        let streams = try fields.bool("stream") ?? false
        let options = try fields.object("stream_options")
        guard streams else {
            if options != nil {
                throw .invalid(fields.param("stream_options"), "it is only allowed when 'stream' is true")
            }
            return nil
        }
        return Streaming(includesUsage: try options?.bool("include_usage") ?? false)
    }

    private static func stopTokens(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> [TokenID] {
        guard let elements = try fields.array("stop_token_ids") else { return [] }
        let param = fields.param("stop_token_ids")
        guard elements.count <= limits.stopTokens else {
            throw .wrongValue(param, expected: "at most \(limits.stopTokens) token ids", got: "\(elements.count)")
        }
        return try FieldReader.tokens(elements, param: param)
    }

    private static func stopStrings(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> [String] {
        let param = fields.param("stop")
        switch fields.value("stop") {
        case nil: return []
        case .string(let text)?: return [try stopString(.string(text), param: param, limits: limits)]
        case .array(let elements)?:
            guard elements.count <= limits.stopStrings else {
                throw .wrongValue(param, expected: "at most \(limits.stopStrings) strings", got: "\(elements.count)")
            }
            var strings: [String] = []
            for (index, element) in elements.enumerated() {
                strings.append(try stopString(element, param: "\(param)[\(index)]", limits: limits))
            }
            return strings
        case let value?: throw .wrongType(param, expected: "a string or an array of strings", got: value)
        }
    }

    private static func stopString(
        _ value: JSONValue, param: String, limits: RequestLimits
    ) throws(APIError) -> String {
        guard case .string(let text) = value else { throw .wrongType(param, expected: "a string", got: value) }
        let allowed = 1...limits.stopStringBytes
        guard allowed.contains(text.utf8.count) else {
            throw .wrongValue(
                param, expected: "a string of 1 to \(limits.stopStringBytes) bytes", got: "\(text.utf8.count) bytes")
        }
        return text
    }

    private static func constraint(_ fields: FieldReader) throws(APIError) -> OutputConstraint? {
        guard let format = try fields.object("response_format") else { return nil }
        guard let type = try format.string("type") else { throw .missing(format.param("type")) }
        let schema = try format.object("json_schema")
        if schema != nil, type != "json_schema" {
            throw .invalid(format.param("json_schema"), "it is only allowed when the type is \"json_schema\"")
        }
        switch type {
        case "text": return nil
        case "json_object": return .jsonObject
        case "json_schema":
            guard let schema else { throw .missing(format.param("json_schema")) }
            return .jsonSchema(try schemaText(schema))
        default:
            throw .wrongValue(
                format.param("type"), expected: "\"text\", \"json_object\" or \"json_schema\"",
                got: JSONValue.string(type).text)
        }
    }

    private static func schemaText(_ fields: FieldReader) throws(APIError) -> String {
        _ = try fields.identifier("name")
        _ = try fields.bool("strict")
        guard let schema = try fields.freeObject("schema") else { throw .missing(fields.param("schema")) }
        return JSONValue.object(schema).text
    }
}
