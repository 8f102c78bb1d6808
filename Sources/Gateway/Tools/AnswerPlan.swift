import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel

/// How the answer to a chat is held to a form and read: what the request asks of tools and reasoning, brought together
/// with the format that the model writes them in.
struct AnswerPlan {
    /// The most calls of an answer that has to be calls. A small model would go on calling till its tokens run out.
    private static let forcedCallsMax = 16

    private let request: ChatRequest
    /// What the answer is read as; nil if it is text and nothing else.
    let format: OutputFormat?

    /// - Parameter modelFormat: what the model is known to write; nil if that is not known.
    init(_ request: ChatRequest, modelFormat: OutputFormat?) {
        self.request = request
        if let use = request.toolUse, use.choice != .auto, modelFormat?.forcedCall == nil {
            // No grammar can write what it was trained to.
            format = .plainJSON
        } else {
            format = modelFormat
        }
    }

    /// Whether the answer can be understood to call functions.
    var readsCalls: Bool { request.toolUse != nil && format?.hasCalls == true }

    private var isForced: Bool { request.toolUse.map { $0.choice != .auto } ?? false }

    // MARK: Reading

    /// - Parameters:
    ///   - promptTail: the last bytes of the rendered prompt.
    ///   - markers: the format's control tokens.
    func reading(promptTail: [UInt8], markers: Set<TokenID>, hasShortCallIDs: Bool) -> AnswerReading? {
        guard let format, readsCalls || format.isMoreThanCalls else { return nil }
        return AnswerReading(
            parser: parser(format, promptTail: promptTail), markers: markers,
            showsReasoning: request.reasoning != .omitted,
            callsMax: request.toolUse.flatMap { $0.allowsParallelCalls ? nil : 1 }, hasShortCallIDs: hasShortCallIDs)
    }

    private func parser(_ format: OutputFormat, promptTail: [UInt8]) -> OutputParser {
        let tools = (request.toolUse?.tools ?? []).map { tool in
            ToolSignature(name: Array(tool.name.utf8), parameters: tool.parameters)
        }
        func parser(forced: Bool) -> OutputParser {
            OutputParser(
                format, promptTail: promptTail, tools: tools, separatesReasoning: request.reasoning != .inContent,
                forced: forced)
        }
        let free = parser(forced: false)
        // Where the prompt has opened the reasoning, a forced call waits till the model has closed it.
        return isForced && !free.isInReasoning ? parser(forced: true) : free
    }

    // MARK: Constraints

    /// Holds a request to the engine to what was asked. Throws if the model's format does not allow it.
    func constrain(_ engineRequest: inout GenerationRequest, reading: AnswerReading?) throws(APIError) {
        let content = request.options.constraint
        let isInReasoning = reading?.parser.isInReasoning ?? false
        if isInReasoning { engineRequest.constraintTrigger = format?.reasoningEnd }
        engineRequest.constraint = content
        guard let use = request.toolUse, let format, format.hasCalls else { return }
        if isForced {
            engineRequest.constraint = .calls(try calls(of: use, as: format))
        } else if content != nil {
            var calls = try calls(of: use, as: format)
            calls.alternative = content
            engineRequest.constraint = .calls(calls)
        } else if let field = fieldThatConstrains(use) {
            guard let trigger = format.callTrigger(isInReasoning: isInReasoning) else {
                throw .invalid(
                    field, "calls in this model's format cannot be held to it unless 'tool_choice' forces one")
            }
            engineRequest.constraint = .calls(try calls(of: use, as: format))
            engineRequest.constraintTrigger = trigger
        }
    }

    /// The field that demands something of calls which the model makes of its own accord.
    private func fieldThatConstrains(_ use: ToolUse) -> String? {
        if let strict = use.tools.first(where: \.isStrict) { return "\(strict.param).strict" }
        return use.tools.count < request.conversation.tools.count ? "tool_choice.allowed_tools" : nil
    }

    private func calls(of use: ToolUse, as format: OutputFormat) throws(APIError) -> CallConstraint {
        guard let frame = format.forcedCall else {
            throw .invalid("response_format", "calls in this model's format cannot stand in place of it")
        }
        let functions = use.tools.map { tool in
            CallConstraint.Function(
                name: tool.name, parameters: Self.schema(of: tool.parameters).text,
                isStrict: isForced || tool.isStrict, field: "\(tool.param).parameters")
        }
        return CallConstraint(
            frame: frame, functions: functions, callsMax: use.allowsParallelCalls ? Self.forcedCallsMax : 1)
    }

    /// A function's schema. One that lists no properties takes no arguments, as everyone who writes it means.
    private static func schema(of parameters: JSONValue?) -> JSONValue {
        guard case .object(var schema)? = parameters else { return ["type": "object", "additionalProperties": false] }
        if schema["properties"] == [:], schema["additionalProperties"] == nil { schema["additionalProperties"] = false }
        return .object(schema)
    }
}
