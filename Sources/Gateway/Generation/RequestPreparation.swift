import ChatTemplates
import Fleet
import OpenAIAPI
import OutputParsing
import ServingModel
import Synchronization
import Tokenization

/// Turns request bodies into engine requests. Stateless but for the numbering of requests, so it runs on any thread.
struct RequestPreparation: Sendable {
    let source: any EngineSource
    let engine: EngineCard
    let texts: TextPreparation
    let queueSeconds: Double

    private var model: TextModel { texts.model }

    init(source: any EngineSource, texts: TextPreparation, queueSeconds: Double) {
        self.source = source
        self.texts = texts
        self.queueSeconds = queueSeconds
        engine = source.card
    }

    private static let nextRequest = Atomic<UInt64>(1)

    static func newRequestID() -> RequestID {
        RequestID(nextRequest.wrappingAdd(1, ordering: .relaxed).oldValue)
    }

    func chat(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedGeneration {
        let request = try ChatRequest.decode(
            body, arguments: model.argumentForm, limits: texts.limits, engine: engine.kind,
            defaults: engine.samplingDefaults)
        try texts.check(request.model)
        let plan = AnswerPlan(request, modelFormat: model.format)
        let rendered = try texts.render(request.conversation, for: plan.readsCalls ? plan.format : nil)
        let reading = plan.reading(
            promptTail: Array(rendered.bytes.suffix(Self.promptTailBytes)),
            markers: plan.format == model.format ? model.markers : [],
            hasShortCallIDs: model.traits?.needsShortCallIDs ?? false)
        var engineRequest = try generation(
            texts.encode(rendered), options: request.options, param: "messages", now: now)
        try plan.constrain(&engineRequest, reading: reading)
        return PreparedGeneration(
            text: model, source: source, form: .chat, prompts: [.init(request: engineRequest, echo: nil)],
            options: request.options,
            promptParam: "messages", reading: reading,
            offersToolsInVain: request.toolUse != nil && !plan.readsCalls)
    }

    /// A parser looks at the end of the prompt for texts of some ten bytes.
    private static let promptTailBytes = 256

    func completion(_ body: [UInt8], now: Moment) throws(APIError) -> PreparedGeneration {
        let request = try CompletionRequest.decode(
            body, limits: texts.limits, engine: engine.kind, defaults: engine.samplingDefaults)
        try texts.check(request.model)
        var prompts: [PreparedGeneration.Prompt] = []
        for prompt in request.prompts {
            let tokens = try tokens(of: prompt, suffix: request.suffix, addsSpecials: request.addsSpecialTokens)
            var engineRequest = try generation(tokens, options: request.options, param: "prompt", now: now)
            engineRequest.reportsPromptLogprobs = request.echoes && request.options.topLogprobs != nil
            let echo = request.echoes ? self.echo(of: prompt, tokens, addsSpecials: request.addsSpecialTokens) : nil
            prompts.append(.init(request: engineRequest, echo: echo))
        }
        return PreparedGeneration(
            text: model, source: source, form: .completion, prompts: prompts, options: request.options,
            promptParam: "prompt")
    }

    // MARK: Parts

    private func generation(
        _ prompt: [TokenID], options: GenerationOptions, param: String, now: Moment
    ) throws(APIError) -> GenerationRequest {
        try texts.checkRange(options.sampling.logitBias.keys, param: "logit_bias")
        try texts.checkRange(options.stopTokens, param: "stop_token_ids")
        guard options.choices <= engine.parallelSequences else {
            throw .invalid("n", "it is \(options.choices), and this model runs \(engine.parallelSequences) at once")
        }
        let room = max(engine.contextTokens - prompt.count, 1)
        var stop = options.stopConditions(room: room)
        stop.maxTokens = min(stop.maxTokens, room)
        var request = GenerationRequest(id: Self.newRequestID(), prompt: prompt, stop: stop)
        request.choices = options.choices
        request.sampling = options.sampling
        request.topLogprobs = options.topLogprobs
        request.constraint = options.constraint
        request.isStreamed = options.streaming != nil || !options.stopStrings.isEmpty
        request.queueDeadline = now.advanced(bySeconds: queueSeconds)
        return request
    }

    private func tokens(
        of prompt: CompletionRequest.Prompt, suffix: String?, addsSpecials: Bool
    ) throws(APIError) -> [TokenID] {
        let tokens: [TokenID]
        switch prompt {
        case .tokens(let given):
            try texts.checkRange(given, param: "prompt")
            tokens = given
        case .text(let text): tokens = texts.encode(text, addsSpecials: addsSpecials && suffix == nil)
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
        let frame = addsSpecials ? texts.leadingSpecials : []
        return frame + [fillPrefix] + tokens + [fillSuffix] + texts.encode(suffix, addsSpecials: false) + [fillMiddle]
    }

    /// The text that a client has sent, or that of its tokens. The special tokens put before a text are no part of it.
    private func echo(
        of prompt: CompletionRequest.Prompt, _ tokens: [TokenID], addsSpecials: Bool
    ) -> PreparedGeneration.Echo {
        guard case .text(let given) = prompt else { return texts.text(of: tokens) }
        let text = Array(given.utf8)
        let length = text.characterCount
        // A tokenizer that normalizes gives back another text than the client's.
        let offsets = texts.text(of: tokens, hiding: addsSpecials ? texts.leadingSpecials.count : 0).offsets
        return .init(text: text, offsets: offsets.map { min($0, length) })
    }
}
