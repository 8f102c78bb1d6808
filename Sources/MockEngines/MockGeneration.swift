import EngineWire
import NIOCore
import RPCTransport
import ServingModel

/// One Generate call of a mock engine, on the call's event loop.
final class MockGeneration {
    /// The most rounds before other calls of the loop have their turn.
    private static let roundsAtOnce = 32

    private let call: RPCServerCall
    private let request: MockRequest
    private let profile: MockProfile
    private let writer: GenerationWriter
    private let strike: MockStrike?
    private var choices: [MockChoice]
    private var delaySeconds: Double
    /// Whether it waits for no other generation any more.
    private var hasBegun = false
    private var hasStruck = false
    private var isFirst = true
    /// Tokens of each choice that went out.
    private var place = 0
    private var isPaused = false
    private var isScheduled = false
    /// Whether nothing is sent any more, whatever comes.
    private var isStuck = false
    private(set) var hasEnded = false
    /// Called once it is over, with whether the client went away.
    private let onEnd: (_ isCancelled: Bool) -> Void
    private let goDown: () -> Void

    init(
        _ request: MockRequest, of call: RPCServerCall, _ profile: MockProfile, strike: MockStrike?,
        goDown: @escaping () -> Void, onEnd: @escaping (_ isCancelled: Bool) -> Void
    ) {
        self.call = call
        self.request = request
        self.profile = profile
        self.strike = strike
        self.goDown = goDown
        self.onEnd = onEnd
        writer = GenerationWriter(profile.dialect, wireID: request.wireID, promptTokens: request.prompt.count)
        let source = MockTokens(request, profile)
        choices = (0..<request.choices).map { MockChoice(index: $0, source) }
        delaySeconds = profile.delaySeconds
    }

    /// Takes the call; it waits until `start`.
    func arrive() {
        call.onCancelled = { [self] in end(isCancelled: true) }
        call.onWritable = { [self] isWritable in
            isPaused = !isWritable
            // Not at once: it comes in the middle of a flush. A pace goes on by itself.
            if isWritable, delaySeconds == 0, hasBegun { schedule(after: 0) }
        }
    }

    func start() {
        hasBegun = true
        switch strike?.kind {
        case .silence: isStuck = true
        case .refused: return breakOff { call.reset(errorCode: 7) }
        case .down: return breakOff(goDown)
        default: schedule(after: profile.firstDelaySeconds)
        }
    }

    /// What an Abort call does.
    func abort() {
        guard !hasEnded else { return }
        for at in choices.indices where choices[at].end == nil { choices[at].abort() }
        complete(choices.indices.filter { !request.isStreamed || choices[$0].end == .abort })
        finish(.ok)
    }

    // MARK: Pace

    /// Goes on after some time; at once, but behind what waits on the loop, after none.
    private func schedule(after seconds: Double) {
        guard !isScheduled, !profile.isStepped else { return }
        isScheduled = true
        let run = { [self] in
            isScheduled = false
            pump()
        }
        if seconds > 0 {
            call.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(seconds * 1e9)), run)
        } else {
            call.eventLoop.assumeIsolated().execute(run)
        }
    }

    /// Computes one chunk of each choice, where the profile is stepped.
    func step() {
        guard hasBegun, !isPaused, !isStuck else { return }
        advance()
        if !hasEnded { call.flush() }
    }

    private func pump() {
        guard !isScheduled else { return }
        for _ in 0..<Self.roundsAtOnce {
            guard !hasEnded, !isPaused, !isStuck else { break }
            advance()
            if delaySeconds > 0 { break }
        }
        guard !hasEnded else { return }
        call.flush()
        if !isStuck, !isPaused || delaySeconds > 0 { schedule(after: delaySeconds * Double(profile.chunkTokens)) }
    }

    // MARK: A round

    private func advance() {
        if let strike, !hasStruck, strike.kind.strikesMidway, place >= strike.afterTokens {
            hasStruck = true
            misbehave(strike.kind)
            guard !hasEnded, !isStuck else { return }
        }
        let keepsAll = !request.isStreamed || profile.dialect == .trtllm
        var ended: [Int] = []
        for at in choices.indices where choices[at].end == nil {
            let before = choices[at].count
            choices[at].advance(by: profile.chunkTokens, request, profile, keepsAll: keepsAll)
            let new = choices[at].count - before
            if request.isStreamed, new > 0 { send(chunk(at, newTokens: new)) }
            if choices[at].end != nil { ended.append(at) }
        }
        isFirst = false
        place += profile.chunkTokens
        let isOver = choices.allSatisfy { $0.end != nil }
        if request.isStreamed { complete(ended) } else if isOver { complete(Array(choices.indices)) }
        if isOver { finishWithStrike() }
    }

    private func chunk(_ at: Int, newTokens: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let part = choices[at].part(profile.dialect, cachedTokens: profile.cachedTokens, newTokens: newTokens)
        writer.appendChunk(part, prompt: isFirst ? promptLogprobs : nil, to: &bytes)
        return bytes
    }

    private func complete(_ ended: [Int]) {
        for at in ended { send(completion(at)) }
    }

    private func completion(_ at: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let part = choices[at].part(profile.dialect, cachedTokens: profile.cachedTokens)
        let hasPlaceInChunks = request.isStreamed && profile.dialect != .trtllm && choices[at].count > 0
        writer.appendComplete(
            part, choices[at].end ?? .abort, prompt: hasPlaceInChunks ? nil : promptLogprobs, to: &bytes)
        return bytes
    }

    private var promptLogprobs: GenerationWriter.PromptLogprobs? {
        request.topPromptLogprobs.map { top in
            MockLogprobs(vocabularySize: profile.vocabularySize).prompt(request.prompt, top: top)
        }
    }

    private func send(_ bytes: [UInt8]) { call.send(bytes) }

    // MARK: Misbehaviour

    private func misbehave(_ kind: Misbehaviour) {
        switch kind {
        case .malformed:
            send([0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
            finish(.ok)
        case .truncated:
            // A message of 64 bytes, of which three come.
            call.sendRaw([0, 0, 0, 0, 64, 1, 2, 3])
            finish(.ok)
        case .oversized:
            call.sendRaw([0, 0xFF, 0xFF, 0xFF, 0xFF, 1])
            isStuck = true
        case .compressed:
            call.sendRaw([1, 0, 0, 0, 1, 0])
            isStuck = true
        case .close: breakOff { call.closeConnection() }
        case .end: finish(.ok)
        case .goAway: call.goAway()
        case .reset: breakOff { call.reset(errorCode: 2) }
        case .stall: isStuck = true
        case .slow: delaySeconds = profile.slowSeconds
        case .repeat:
            let chunk = chunk(0, newTokens: choices[0].tokens.count)
            send(chunk)
            send(chunk)
        case .wrongIndex:
            var bytes: [UInt8] = []
            let part = GenerationPart(choice: request.choices + 3, tokens: [TokenID(1)], completionTokens: 1)
            writer.appendChunk(part, to: &bytes)
            send(bytes)
        case .abort: abort()
        case .status(let code): finish(RPCStatus(code, "the mock engine was told to"))
        case .duplicateCompletion, .lateTokens, .silence, .refused, .down, .unhealthy: break
        }
    }

    private func finishWithStrike() {
        switch strike?.kind {
        case .duplicateCompletion: send(completion(0))
        case .lateTokens: send(chunk(0, newTokens: choices[0].tokens.count))
        default: break
        }
        finish(.ok)
    }

    // MARK: Ends

    private func finish(_ status: RPCStatus) {
        guard !hasEnded else { return }
        end(isCancelled: false)
        call.finish(status)
    }

    /// Ends it in another way than with a status.
    private func breakOff(_ how: () -> Void) {
        call.flush()
        end(isCancelled: false)
        how()
    }

    private func end(isCancelled: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        // They hold this object.
        call.onCancelled = nil
        call.onWritable = nil
        onEnd(isCancelled)
    }
}
