import ChatTemplates
import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel
import Synchronization
import Tokenization

/// Turns request bodies into engine requests: decodes, renders and tokenizes. Stateless but for the numbering of
/// requests, so it runs on any thread.
struct RequestPreparation: Sendable {
    let model: ServedModel
    let queueSeconds: Double
    let requestLimits = RequestLimits()

    private static let nextRequest = Atomic<UInt64>(1)

    static func newRequestID() -> RequestID {
        RequestID(nextRequest.wrappingAdd(1, ordering: .relaxed).oldValue)
    }

    func chat(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedGeneration {
        let request = try ChatRequest.decode(body, arguments: argumentForm, limits: requestLimits)
        try check(request.model)
        let plan = AnswerPlan(request, modelFormat: model.format)
        let rendered = try render(request.conversation, for: plan.readsCalls ? plan.format : nil)
        let reading = plan.reading(
            promptTail: Array(rendered.bytes.suffix(Self.promptTailBytes)),
            markers: plan.format == model.format ? model.markers : [],
            hasShortCallIDs: model.traits?.needsShortCallIDs ?? false)
        var engineRequest = try generation(
            encode(rendered), options: request.options, param: "messages", now: now)
        try plan.constrain(&engineRequest, reading: reading)
        return PreparedGeneration(
            form: .chat, prompts: [.init(request: engineRequest, echo: nil)], options: request.options,
            promptParam: "messages", reading: reading,
            offersToolsInVain: request.toolUse != nil && !plan.readsCalls)
    }

    /// A parser looks at the end of the prompt for texts of some ten bytes.
    private static let promptTailBytes = 256

    private var argumentForm: ToolArgumentForm { model.traits?.argumentForm ?? .object }

    func completion(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedGeneration {
        let request = try CompletionRequest.decode(body, limits: requestLimits)
        try check(request.model)
        var prompts: [PreparedGeneration.Prompt] = []
        for prompt in request.prompts {
            let tokens = try tokens(of: prompt, suffix: request.suffix, addsSpecials: request.addsSpecialTokens)
            var engineRequest = try generation(tokens, options: request.options, param: "prompt", now: now)
            engineRequest.reportsPromptLogprobs = request.echoes && request.options.topLogprobs != nil
            let echo = request.echoes ? self.echo(of: prompt, tokens, addsSpecials: request.addsSpecialTokens) : nil
            prompts.append(.init(request: engineRequest, echo: echo))
        }
        return PreparedGeneration(
            form: .completion, prompts: prompts, options: request.options, promptParam: "prompt")
    }

    func tokenize(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        let request = try TokenizeRequest.decode(body, arguments: argumentForm, limits: requestLimits)
        if let id = request.model { try check(id) }
        let tokens: [TokenID]
        switch request.input {
        case .text(let text): tokens = encode(text, addsSpecials: request.addsSpecialTokens)
        case .conversation(let conversation):
            let rendered = try render(conversation, for: model.format)
            tokens = (request.addsSpecialTokens ? leadingSpecials : []) + encode(rendered)
        }
        var body: [UInt8] = []
        TokenizeResponse(
            tokens: tokens, contextTokens: model.listing.contextTokens,
            tokenStrings: request.returnsTokenStrings ? tokens.map(name) : nil
        ).append(to: &body)
        return body
    }

    func detokenize(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        let request = try DetokenizeRequest.decode(body, limits: requestLimits)
        if let id = request.model { try check(id) }
        try checkRange(request.tokens, param: "tokens")
        var body: [UInt8] = []
        DetokenizeResponse(text: text(of: request.tokens).text).append(to: &body)
        return body
    }

    // MARK: Parts

    private func check(_ id: ModelID) throws(APIError) {
        guard id == model.id else { throw .modelNotFound(id) }
    }

    private func checkRange(_ tokens: some Sequence<TokenID>, param: String) throws(APIError) {
        let size = model.engine.card.vocabularySize
        for token in tokens where token.rawValue < 0 || Int(token.rawValue) >= size {
            throw .invalid(param, "token \(token) is not in the vocabulary, whose ids are 0 to \(size - 1)")
        }
    }

    private func generation(
        _ prompt: [TokenID], options: GenerationOptions, param: String, now: Moment
    ) throws(APIError) -> GenerationRequest {
        try checkRange(options.sampling.logitBias.keys, param: "logit_bias")
        try checkRange(options.stopTokens, param: "stop_token_ids")
        let card = model.engine.card
        guard options.choices <= card.parallelSequences else {
            throw .invalid("n", "it is \(options.choices), and this model runs \(card.parallelSequences) at once")
        }
        let room = max(card.contextTokens - prompt.count, 1)
        var stop = options.stopConditions(room: room)
        stop.maxTokens = min(stop.maxTokens, room)
        var request = GenerationRequest(id: Self.newRequestID(), prompt: prompt, stop: stop)
        request.choices = options.choices
        request.sampling = options.sampling
        request.topLogprobs = options.topLogprobs
        request.constraint = options.constraint
        request.queueDeadline = now.advanced(bySeconds: queueSeconds)
        return request
    }

    /// - Parameter format: how the model is to write calls; nil if it is not to be told of functions by more than its
    ///   template.
    private func render(_ conversation: Conversation, for format: OutputFormat?) throws(APIError) -> RenderedPrompt {
        guard let template = model.template, let traits = model.traits else {
            throw .invalid("messages", "the model '\(model.id)' has no chat template; use /v1/completions")
        }
        var messages = conversation.messages
        if let shape = (format ?? .plainJSON).forcedCall ?? OutputFormat.plainJSON.forcedCall {
            messages = ToolNarration(traits: traits, shape: shape)
                .narrate(messages, tools: format == nil ? [] : conversation.tools)
        }
        var variables = conversation.templateArguments
        variables["messages"] = .array(messages)
        // As Transformers does, a template is always given the variable.
        variables["tools"] = conversation.tools.isEmpty ? .null : .array(conversation.tools)
        variables["add_generation_prompt"] = .bool(conversation.addsGenerationPrompt)
        do {
            return try template.render(
                TemplateContext(variables: variables, trusted: model.templateStrings, now: WallClock.templateDate))
        } catch {
            throw .invalid("messages", "the model's chat template refuses them: \(error.message)")
        }
    }

    private func encode(_ rendered: RenderedPrompt) -> [TokenID] {
        var tokens: [TokenID] = []
        model.tokenizer.encode(rendered.bytes.span, specialsIn: rendered.templateRanges, into: &tokens)
        return tokens
    }

    private func tokens(
        of prompt: CompletionRequest.Prompt, suffix: String?, addsSpecials: Bool
    ) throws(APIError) -> [TokenID] {
        let tokens: [TokenID]
        switch prompt {
        case .tokens(let given):
            try checkRange(given, param: "prompt")
            tokens = given
        case .text(let text): tokens = encode(text, addsSpecials: addsSpecials && suffix == nil)
        }
        guard let suffix else {
            guard !tokens.isEmpty else { throw .invalid("prompt", "it is empty") }
            return tokens
        }
        let specials = model.tokenizer.vocabulary.specials
        guard let fillPrefix = specials.fillPrefix, let fillSuffix = specials.fillSuffix,
            let fillMiddle = specials.fillMiddle
        else {
            throw .invalid("suffix", "the model '\(model.id)' has no tokens to fill in the middle with")
        }
        let frame = addsSpecials ? leadingSpecials : []
        return frame + [fillPrefix] + tokens + [fillSuffix] + encode(suffix, addsSpecials: false) + [fillMiddle]
    }

    private var leadingSpecials: [TokenID] {
        let specials = model.tokenizer.vocabulary.specials
        return specials.addsBeginningOfSequence ? specials.beginningOfSequence.map { [$0] } ?? [] : []
    }

    private func encode(_ text: String, addsSpecials: Bool) -> [TokenID] {
        let bytes = Array(text.utf8)
        var tokens = addsSpecials ? leadingSpecials : []
        model.tokenizer.encode(bytes.span, specialsIn: [0..<bytes.count], into: &tokens)
        return tokens
    }

    /// The text that a client has sent, or that of its tokens. The special tokens put before a text are no part of it.
    private func echo(
        of prompt: CompletionRequest.Prompt, _ tokens: [TokenID], addsSpecials: Bool
    ) -> PreparedGeneration.Echo {
        guard case .text(let given) = prompt else { return text(of: tokens) }
        let text = Array(given.utf8)
        let length = text.characterCount
        // A tokenizer that normalizes gives back another text than the client's.
        let offsets = self.text(of: tokens, hiding: addsSpecials ? leadingSpecials.count : 0).offsets
        return .init(text: text, offsets: offsets.map { min($0, length) })
    }

    /// The text of all tokens but the first `hidden`, and where that of each begins.
    private func text(of tokens: [TokenID], hiding hidden: Int = 0) -> PreparedGeneration.Echo {
        var echo = PreparedGeneration.Echo(text: [], offsets: [])
        var length = 0
        var detokenizer = StreamingDetokenizer(
            model.tokenizer.vocabulary, showsControlTokens: true,
            removesLeadingSpace: model.tokenizer.vocabulary.addsSpacePrefix)
        for (at, token) in tokens.enumerated() {
            echo.offsets.append(length)
            guard at >= hidden else { continue }
            let before = echo.text.count
            detokenizer.append(token, to: &echo.text)
            length += echo.text[before...].characterCount
        }
        detokenizer.finish(into: &echo.text)
        return echo
    }

    private func name(of token: TokenID) -> String {
        String(decoding: model.tokenizer.vocabulary.bytes(of: token), as: UTF8.self)
    }
}
