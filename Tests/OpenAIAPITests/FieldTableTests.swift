import FoundationEssentials
import JSONBytes
import OpenAIAPI
import ServingModel
import Testing

struct FieldTableTests {
    /// The decoder reads a field if some value of the wrong kind makes it complain of that field.
    @Test(arguments: FieldTable.Endpoint.allCases)
    func decodersReadEveryHonouredField(_ endpoint: FieldTable.Endpoint) {
        for field in FieldTable.fields(of: endpoint) {
            guard case .honoured = field.treatment else { continue }
            let params = [true, 1.5, "", [[nil]], ["": 0]].map { Self.paramAtFault(endpoint, field.name, $0) }
            let path = field.name.replacing("[]", with: "[0]")
            #expect(params.contains { $0 == path || $0?.hasPrefix(path + ".") == true }, "\(field.name)")
        }
    }

    @Test(arguments: FieldTable.Endpoint.allCases)
    func decodersRefuseWhatTheTableRefuses(_ endpoint: FieldTable.Endpoint) {
        for field in FieldTable.fields(of: endpoint) {
            let path = field.name.replacing("[]", with: "[0]")
            switch field.treatment {
            case .honoured: break
            case .ignored: #expect(Self.paramAtFault(endpoint, field.name, ["any": 1]) == nil, "\(field.name)")
            case .refused(_, let allowed):
                #expect(Self.paramAtFault(endpoint, field.name, ["any": 1]) == path)
                for value in allowed + [nil] {
                    #expect(Self.paramAtFault(endpoint, field.name, value) == nil, "\(field.name)")
                }
            }
        }
    }

    /// Every difference between engines has its effect: an error that names the field and the engine, or none.
    @Test(arguments: FieldTable.Endpoint.allCases)
    func decodersTellEnginesApart(_ endpoint: FieldTable.Endpoint) {
        for field in FieldTable.fields(of: endpoint) {
            for (engine, support) in field.differences {
                switch support {
                case .honoured, .translated, .emulated, .approximated:
                    let faults = [EngineKind.embedded, engine].map {
                        Self.error(endpoint, field.name, ["any": 1], for: $0)
                    }
                    #expect(faults[0] == faults[1], "\(field.name)")
                case .refused(_, let allowed):
                    let error = Self.error(endpoint, field.name, 1, for: engine)
                    #expect(error?.param == field.name && error?.status == 400, "\(field.name)")
                    #expect(error?.message.contains("the engine '\(engine.title)'") == true)
                    for value in allowed + [nil] {
                        #expect(Self.error(endpoint, field.name, value, for: engine) == nil, "\(field.name)")
                    }
                }
            }
        }
    }

    @Test func onlyHonouredFieldsDifferByEngine() {
        for endpoint in FieldTable.Endpoint.allCases {
            for field in FieldTable.fields(of: endpoint) where !field.differences.isEmpty {
                guard case .honoured = field.treatment else {
                    Issue.record("\(field.name) is not honoured")
                    continue
                }
                #expect(field.differences[.http] == nil, "requests over HTTP go on as they came")
            }
        }
    }

    /// The field that a decoder names when `value` stands at `name` in a request that is otherwise good.
    private static func paramAtFault(
        _ endpoint: FieldTable.Endpoint, _ name: String, _ value: JSONValue, for engine: EngineKind = .embedded
    ) -> String? {
        error(endpoint, name, value, for: engine)?.param
    }

    private static func error(
        _ endpoint: FieldTable.Endpoint, _ name: String, _ value: JSONValue, for engine: EngineKind
    ) -> APIError? {
        let path = name.split(separator: ".").map(String.init)
        let body = setting(path[...], of: goodBody(endpoint, for: name), to: value).bytes
        do throws(APIError) {
            switch endpoint {
            case .chatCompletions: _ = try ChatRequest.decode(body, engine: engine)
            case .completions: _ = try CompletionRequest.decode(body, engine: engine)
            case .tokenize: _ = try TokenizeRequest.decode(body)
            case .embeddings: _ = try EmbeddingsRequest.decode(body, engine: engine)
            case .score: _ = try ScoreRequest.decode(body, engine: engine)
            case .rerank: _ = try RerankRequest.decode(body, engine: engine)
            case .detokenize: _ = try DetokenizeRequest.decode(body)
            case .abort: _ = try AbortRequest.decode(body)
            case .flushCache: _ = try OrderRequest.decode(body, of: .flushCache)
            case .startProfile: _ = try OrderRequest.decode(body, of: .startProfile)
            case .stopProfile: _ = try OrderRequest.decode(body, of: .stopProfile)
            }
            return nil
        } catch {
            return error
        }
    }

    private static func goodBody(_ endpoint: FieldTable.Endpoint, for name: String) -> JSONValue {
        let messages: JSONValue =
            name.contains("content[]")
            ? [["role": "user", "content": [["type": "text", "text": "hi"]]]]
            : name.contains("tool_calls[]")
                ? [["role": "assistant", "tool_calls": [["type": "function", "function": ["name": "f"]]]]]
                : [["role": "assistant", "content": "hi"]]
        let function: JSONValue = ["type": "function", "function": ["name": "f"]]
        let choice: JSONValue =
            name.hasPrefix("tool_choice.allowed_tools")
            ? ["type": "allowed_tools", "allowed_tools": ["mode": "auto", "tools": [function]]] : function
        let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "s", "schema": [:]]]
        switch endpoint {
        case .chatCompletions:
            return [
                "model": "m", "messages": messages, "stream": true, "stream_options": ["include_usage": true],
                "response_format": format, "tools": [function], "tool_choice": choice,
            ]
        case .completions:
            return [
                "model": "m", "prompt": "hi", "stream": true, "stream_options": ["include_usage": true],
                "response_format": format,
            ]
        case .tokenize:
            return name == "prompt" ? ["model": "m"] : ["model": "m", "messages": messages, "tools": [function]]
        case .embeddings: return ["model": "m", "input": "hi"]
        case .score:
            let pairs = [("text_1", "text_2"), ("data_1", "data_2"), ("queries", "items"), ("queries", "documents")]
            let (first, second) = pairs.last { $0 == name || $1 == name } ?? pairs[0]
            return .object(JSONObject([(first, JSONValue.string("a")), (second, .string("b"))]))
        case .rerank: return ["query": "a", "documents": [["text": "b"]]]
        case .detokenize: return ["tokens": [1]]
        case .abort: return ["request_id", "request_ids", "rid"].contains(name) ? [:] : ["rid": "a"]
        case .flushCache, .startProfile, .stopProfile: return ["model": "m"]
        }
    }

    private static func setting(_ path: ArraySlice<String>, of value: JSONValue, to new: JSONValue) -> JSONValue {
        guard let name = path.first, case .object(var object) = value else { return new }
        let key = name.replacing("[]", with: "")
        let rest = path.dropFirst()
        if key != name, case .array(let elements)? = object[key], let first = elements.first {
            object[key] = .array([setting(rest, of: first, to: new)])
        } else {
            object[key] = rest.isEmpty ? new : setting(rest, of: object[key] ?? [:], to: new)
        }
        return .object(object)
    }

    @Test func documentationIsCurrent() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/api-fields.md")
        let expected = FieldTable.markdown
        if ProcessInfo.processInfo.environment["DROVER_UPDATE_DOCS"] == "1" {
            try Data(expected.utf8).write(to: file)
        }
        let actual = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(actual == expected, "DROVER_UPDATE_DOCS=1 swift test --filter FieldTableTests brings it up to date")
    }
}
