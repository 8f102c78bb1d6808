import Fleet
import Logging
import OpenAIAPI
import ServingModel
import Tokenization

/// One request for generation, from its submission to the engine to the last byte of the answer. Confined to its
/// event loop.
///
/// Events are taken as they come and turned into text; `flush`, once a batch, writes what is ready.
final class GenerationExchange: Exchange {
    private struct PromptState {
        var prepared: PreparedGeneration.Prompt
        var cachedTokens = 0
        var hasStarted = false
    }

    private enum Phase {
        /// Nothing has been written. May become `streaming` or `ended`.
        case waiting
        /// The head of the stream has been written. May become `ended`.
        case streaming
        /// The answer is complete, or the client is gone.
        case ended
    }

    private let text: TextModel
    private let engine: any Engine
    private let sink: any ResponseSink
    private let outlet: EventOutlet
    private let metrics: GatewayMetrics
    private let logger: Logger
    let head: ResponseHead
    private let options: GenerationOptions
    private let promptParam: String
    private let retryAfterSeconds: Int
    private let writer: ChunkWriter?

    private var phase = Phase.waiting
    private var prompts: [PromptState]
    private var choices: [ChoiceOutput]
    private var openChoices: Int
    private var out: [UInt8] = []
    private var failure: APIError?
    private let submitted: Moment
    private var lastTokens: Moment?

    /// Whether the outlet has noted it for the flush of the current batch.
    var isTouched = false

    init(
        _ prepared: PreparedGeneration, id: String, sink: any ResponseSink, outlet: EventOutlet,
        metrics: GatewayMetrics, logger: Logger, retryAfterSeconds: Int, now: Moment
    ) {
        text = prepared.text
        engine = prepared.source.engine(on: outlet.loop)
        self.sink = sink
        self.outlet = outlet
        self.metrics = metrics
        self.logger = logger
        self.retryAfterSeconds = retryAfterSeconds
        head = ResponseHead(
            form: prepared.form, id: id, created: WallClock.secondsSince1970, model: text.id,
            systemFingerprint: nil)
        options = prepared.options
        promptParam = prepared.promptParam
        writer = prepared.options.streaming.map { [head] in ChunkWriter(head, includesUsage: $0.includesUsage) }
        prompts = prepared.prompts.map { PromptState(prepared: $0) }
        let count = prepared.prompts.count * prepared.options.choices
        let name = id.drop { $0 != "-" }
        choices = (0..<count).map { index in
            ChoiceOutput(
                tokenizer: prepared.text.tokenizer, options: prepared.options, reading: prepared.reading,
                name: "\(name.dropFirst())-\(index)")
        }
        openChoices = count
        submitted = now
    }

    func submit() {
        metrics.requestBegan()
        for prompt in prompts {
            outlet.submit(prompt.prepared.request, of: self, to: engine)
        }
    }

    /// The client is gone, or the gateway gives the request up.
    func abandon() {
        guard phase != .ended else { return }
        cancelAll()
        end(.abandoned)
    }

    /// Breaks the request off with an error that the client is told.
    func fail(_ error: APIError) {
        guard phase != .ended else { return }
        failure = error
        flush()
    }

    /// Ends every choice where it is, and answers with what there is.
    func abort() {
        guard phase != .ended else { return }
        cancelAll()
        beginStream()
        for choice in choices.indices { choices[choice].abort() }
        openChoices = 0
        flush()
    }

    func setPaused(_ isPaused: Bool) {
        guard phase != .ended else { return }
        for prompt in prompts { engine.setPaused(prompt.prepared.request.id, isPaused) }
    }

    // MARK: Events

    func take(_ event: GenerationEvent, now: Moment) {
        guard phase != .ended, failure == nil else { return }
        switch event {
        case .started(let request, let report): start(request, report, now)
        case .token(let request, let index, let token):
            guard let choice = choice(request, index), choices[choice].end == nil else { return }
            if choices[choice].take(token, report: report(of: token, at: choices[choice].textOffset)) {
                engine.cancel(request, choice: index)
                openChoices -= 1
            }
            noteTokens(now)
        case .finished(let request, let index, let reason):
            guard let choice = choice(request, index), choices[choice].end == nil else { return }
            choices[choice].finish(reason)
            openChoices -= 1
        case .failed(_, let error):
            if let cause = error.cause {
                logger.error(
                    "The engine failed a request.",
                    metadata: [
                        "request": "\(head.id)", "reason": "\(cause)",
                        "begun": "\(prompts.contains(where: \.hasStarted))",
                    ])
            }
            failure = APIError(
                error, promptParam: promptParam, completionTokens: options.maxTokens,
                retryAfterSeconds: retryAfterSeconds)
        case .embedded: break
        }
    }

    private func start(_ request: RequestID, _ report: PromptReport, _ now: Moment) {
        guard let at = prompts.firstIndex(where: { $0.prepared.request.id == request }) else { return }
        if !prompts.contains(where: \.hasStarted) { metrics.promptDone(seconds: now.seconds(since: submitted)) }
        prompts[at].hasStarted = true
        prompts[at].cachedTokens = report.cachedTokens
        if let echo = prompts[at].prepared.echo {
            let reports = reports(of: prompts[at].prepared.request.prompt, report.logprobs, at: echo.offsets)
            for index in 0..<options.choices {
                choices[at * options.choices + index].begin(with: echo.text, reports: reports)
            }
        }
        beginStream()
    }

    private func beginStream() {
        guard phase == .waiting, let writer else { return }
        phase = .streaming
        sink.beginStream()
        guard head.form == .chat else { return }
        for choice in choices.indices {
            writer.appendRole(choice: choice, mayLackContent: choices[choice].hasPieces, to: &out)
        }
    }

    private func choice(_ request: RequestID, _ index: Int) -> Int? {
        if prompts.count == 1 { return index }
        return prompts.firstIndex { $0.prepared.request.id == request }.map { $0 * options.choices + index }
    }

    private func noteTokens(_ now: Moment) {
        if let lastTokens, lastTokens != now { metrics.tokenGap(seconds: now.seconds(since: lastTokens)) }
        lastTokens = now
    }

    // MARK: Writing

    /// Writes what the last batch has made ready.
    func flush() {
        guard phase != .ended else { return }
        if let failure { return breakOff(failure) }
        if let writer {
            for choice in choices.indices { appendDelta(of: choice, writer) }
            if openChoices == 0 { appendStreamEnd(writer) }
            if !out.isEmpty {
                sink.send(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        guard openChoices == 0 else {
            if writer != nil { sink.flush() }
            return
        }
        end(.completed)
        if writer == nil { sendWhole() } else { sink.endStream(isWhole: true) }
    }

    private func appendDelta(of index: Int, _ writer: ChunkWriter) {
        guard !choices[index].isReported else { return }
        if choices[index].hasPieces { appendPieces(of: index, writer) } else { appendText(of: index, writer) }
        if let end = choices[index].end {
            writer.appendFinish(end, choice: index, tokens: choices[index].reports, to: &out)
            choices[index].isReported = true
        }
    }

    private func appendText(of index: Int, _ writer: ChunkWriter) {
        guard !choices[index].text.isEmpty || !choices[index].reports.isEmpty else { return }
        choices[index].text.withUnsafeBufferPointer { text in
            if options.topLogprobs != nil {
                writer.appendText(text, choice: index, tokens: choices[index].reports, to: &out)
            } else {
                writer.appendText(text, choice: index, to: &out)
            }
        }
        choices[index].clearTaken()
    }

    private func appendPieces(of index: Int, _ writer: ChunkWriter) {
        let pieces = choices[index].takePieces()
        // Reports wait for a piece to go with, or for the end.
        guard !pieces.isEmpty else { return }
        let reports = options.topLogprobs == nil ? nil : choices[index].reports
        writer.append(pieces, choice: index, tokens: reports, to: &out)
        choices[index].clearTaken()
    }

    private func appendStreamEnd(_ writer: ChunkWriter) {
        if options.streaming?.includesUsage == true { writer.appendUsage(usage, to: &out) }
        ChunkWriter.appendDone(to: &out)
    }

    private func sendWhole() {
        let response = WholeResponse(
            head,
            choices: choices.map { choice in
                let reports = options.topLogprobs == nil ? nil : choice.reports
                let end = choice.end ?? .stop
                return choice.hasPieces
                    ? WholeResponse.Choice(pieces: choice.pieces, end: end, tokens: reports)
                    : WholeResponse.Choice(text: choice.text, end: end, tokens: reports)
            }, usage: usage)
        var body: [UInt8] = []
        response.append(to: &body)
        sink.respond(status: 200, contentType: "application/json", body: body, fields: [])
    }

    private func breakOff(_ error: APIError) {
        cancelAll()
        let hasBegun = phase == .streaming
        end(.failed(status: error.status))
        guard hasBegun else { return sink.respond(error) }
        ChunkWriter.appendError(error, to: &out)
        sink.send(out)
        sink.endStream(isWhole: false)
    }

    /// Of the prompts that the engine has processed: all of them once the answer is complete.
    private var usage: TokenUsage {
        TokenUsage(
            promptTokens: prompts.reduce(0) { $0 + ($1.hasStarted ? $1.prepared.request.prompt.count : 0) },
            completionTokens: choices.reduce(0) { $0 + $1.tokenCount },
            cachedTokens: prompts.reduce(0) { $0 + $1.cachedTokens },
            reasoningTokens: choices.compactMap(\.reasoningTokens).reduce(Int?.none) { ($0 ?? 0) + $1 })
    }

    // MARK: Ends

    private func cancelAll() {
        for prompt in prompts { engine.cancel(prompt.prepared.request.id, choice: nil) }
    }

    private func end(_ outcome: GatewayMetrics.Outcome) {
        phase = .ended
        for prompt in prompts { outlet.forget(prompt.prepared.request.id) }
        metrics.requestEnded(outcome, usage: usage)
    }

    // MARK: Log-probabilities

    private func report(of token: GeneratedToken, at offset: Int) -> TokenReport? {
        token.logprobs.map { report(of: token.id, $0, at: offset) }
    }

    private func report(of token: TokenID, _ logprobs: TokenLogprobs?, at offset: Int) -> TokenReport {
        let vocabulary = text.tokenizer.vocabulary
        return TokenReport(
            bytes: vocabulary.bytes(of: token), logprob: logprobs?.logprob,
            top: (logprobs?.top ?? []).map { .init(bytes: vocabulary.bytes(of: $0.id), logprob: $0.logprob) },
            textOffset: offset)
    }

    private func reports(of prompt: [TokenID], _ logprobs: [TokenLogprobs?], at offsets: [Int]) -> [TokenReport] {
        zip(zip(prompt, logprobs), offsets).map { report(of: $0.0, $0.1, at: $1) }
    }
}
