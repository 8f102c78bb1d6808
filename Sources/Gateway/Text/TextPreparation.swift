import ChatTemplates
import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel
import Tokenization

/// Turns texts and conversations into tokens, and back. Stateless, so it runs on any thread.
struct TextPreparation: Sendable {
    let model: TextModel
    let limits = RequestLimits()

    // MARK: Requests

    func tokenize(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        let (request, tokens) = try tokens(of: body)
        var answer: [UInt8] = []
        TokenizeResponse(
            tokens: tokens, contextTokens: model.listing.contextTokens,
            tokenStrings: request.returnsTokenStrings ? tokens.map(name) : nil
        ).append(to: &answer)
        return answer
    }

    /// The number of tokens alone, for the same requests.
    func count(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        var answer: [UInt8] = []
        CountResponse(count: try tokens(of: body).tokens.count, contextTokens: model.listing.contextTokens)
            .append(to: &answer)
        return answer
    }

    func detokenize(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        let request = try DetokenizeRequest.decode(body, limits: limits)
        if let id = request.model { try check(id) }
        try checkRange(request.tokens, param: "tokens")
        var answer: [UInt8] = []
        DetokenizeResponse(text: text(of: request.tokens).text).append(to: &answer)
        return answer
    }

    /// The prompt that a chat request comes to, as text and as tokens.
    func render(_ body: [UInt8]) throws(APIError) -> [UInt8] {
        let request = try ChatRequest.decode(body, arguments: model.argumentForm, limits: limits)
        try check(request.model)
        let plan = AnswerPlan(request, modelFormat: model.format)
        let rendered = try render(request.conversation, for: plan.readsCalls ? plan.format : nil)
        var answer: [UInt8] = []
        RenderResponse(
            text: rendered.bytes, tokens: encode(rendered), contextTokens: model.listing.contextTokens
        ).append(to: &answer)
        return answer
    }

    private func tokens(of body: [UInt8]) throws(APIError) -> (request: TokenizeRequest, tokens: [TokenID]) {
        let request = try TokenizeRequest.decode(body, arguments: model.argumentForm, limits: limits)
        if let id = request.model { try check(id) }
        switch request.input {
        case .text(let text): return (request, encode(text, addsSpecials: request.addsSpecialTokens))
        case .conversation(let conversation):
            let rendered = try render(conversation, for: model.format)
            return (request, (request.addsSpecialTokens ? leadingSpecials : []) + encode(rendered))
        }
    }

    // MARK: Checks

    func check(_ id: ModelID) throws(APIError) {
        guard id == model.id else { throw .modelNotFound(id) }
    }

    func checkRange(_ tokens: some Sequence<TokenID>, param: String) throws(APIError) {
        let size = model.tokenizer.vocabulary.count
        for token in tokens where !model.tokenizer.vocabulary.contains(token) {
            throw .invalid(param, "token \(token) is not in the vocabulary, whose ids are 0 to \(size - 1)")
        }
    }

    // MARK: Text to tokens

    /// - Parameter format: how the model is to write calls; nil if it is not to be told of functions by more than its
    ///   template.
    func render(_ conversation: Conversation, for format: OutputFormat?) throws(APIError) -> RenderedPrompt {
        guard let template = model.template, let traits = model.traits else {
            throw .invalid("messages", "the model '\(model.id)' has no chat template; use /v1/completions")
        }
        var messages = conversation.messages
        if let frame = (format ?? .plainJSON).forcedCall ?? OutputFormat.plainJSON.forcedCall {
            messages = ToolNarration(traits: traits, frame: frame)
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

    func encode(_ rendered: RenderedPrompt) -> [TokenID] {
        var tokens: [TokenID] = []
        model.promptCache.encode(rendered.bytes.span, specialsIn: rendered.templateRanges, into: &tokens)
        return tokens
    }

    var leadingSpecials: [TokenID] {
        let specials = model.tokenizer.vocabulary.specials
        return specials.addsBeginningOfSequence ? specials.beginningOfSequence.map { [$0] } ?? [] : []
    }

    func encode(_ text: String, addsSpecials: Bool) -> [TokenID] {
        let bytes = Array(text.utf8)
        var tokens = addsSpecials ? leadingSpecials : []
        model.tokenizer.encode(bytes.span, specialsIn: [0..<bytes.count], into: &tokens)
        return tokens
    }

    // MARK: Tokens to text

    /// The text of all tokens but the first `hidden`, and where that of each begins.
    func text(of tokens: [TokenID], hiding hidden: Int = 0) -> PreparedGeneration.Echo {
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
