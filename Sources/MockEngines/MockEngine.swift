import EngineWire
package import NIOCore
package import RPCTransport
import ServingModel
import Synchronization

/// An engine without a model that speaks one of the three gRPC protocols, and misbehaves when it is told to.
package final class MockEngine: RPCService {
    private struct State {
        var profile: MockProfile
        var strikes: [MockStrike?] = []
        var answers: [String: Misbehaviour] = [:]
        var counts = MockCounts()
        var draws: UInt64 = 0
        var lastCall: UInt64 = 0
        var queue = MockQueue()
        var live: [UInt64: MockHandle] = [:]
        var requests: [MockRequest]?
        var goDown: (@Sendable (Double) -> Void)?
    }

    private let state: Mutex<State>

    /// - Parameter recordsRequests: Whether `requests` has them; they are kept as long as the engine lives.
    package init(_ profile: MockProfile, recordsRequests: Bool = false) {
        state = Mutex(State(profile: profile, requests: recordsRequests ? [] : nil))
    }

    /// What it is like from the next call on.
    package var profile: MockProfile {
        get { state.withLock { $0.profile } }
        set { state.withLock { $0.profile = newValue } }
    }

    package var counts: MockCounts {
        state.withLock { state in
            var counts = state.counts
            counts.running = state.queue.runningCount
            counts.waiting = state.queue.waitingCount
            return counts
        }
    }

    /// Generate requests in the order of their arrival.
    package var requests: [MockRequest] { state.withLock { $0.requests ?? [] } }

    /// The next generations misbehave like this, in order; nil is a generation that goes well. Odds count again behind
    /// them.
    package func play(_ strikes: [MockStrike?]) { state.withLock { $0.strikes += strikes } }

    /// Lets every generation that runs compute its next chunk, where the profile is stepped. False if there is none.
    @discardableResult
    package func step() -> Bool {
        let live = state.withLock { state in
            state.profile.isStepped ? state.live.sorted { $0.key < $1.key }.map(\.value) : []
        }
        for handle in live { handle.perform { $0.step() } }
        return !live.isEmpty
    }

    /// Every call of another method than Generate misbehaves like this, until told otherwise: `silence`, `close`,
    /// `reset`, `refused`, `malformed`, `status`, or `unhealthy` of HealthCheck.
    package func answer(_ method: String, with misbehaviour: Misbehaviour?) {
        state.withLock { $0.answers[method] = misbehaviour }
    }

    /// Tells who to ask when it is to go down.
    func setGoDown(_ goDown: (@Sendable (_ seconds: Double) -> Void)?) { state.withLock { $0.goDown = goDown } }

    // MARK: Calls

    package func begin(_ call: RPCServerCall, message: ByteBuffer) {
        let (profile, misbehaviours) = state.withLock { state in
            state.counts.calls += 1
            return (state.profile, state.answers)
        }
        let prefix = "/\(profile.dialect.service)/"
        guard call.path.hasPrefix(prefix) else {
            return call.finish(RPCStatus(.unimplemented, "there is no method '\(call.path)'"))
        }
        let method = String(call.path.dropFirst(prefix.count))
        let bytes = Array(message.readableBytesView)
        do {
            if method == "Generate" {
                try generate(try MockRequest(bytes, profile.dialect), call, profile)
            } else if let misbehaviour = misbehaviours[method], misbehaviour != .unhealthy {
                misbehave(misbehaviour, call, profile)
            } else {
                try answer(method, bytes, call, profile, isHealthy: misbehaviours[method] == nil)
            }
        } catch {
            call.finish(RPCStatus(.invalidArgument, "the request is no message of \(method): \(error)"))
        }
    }

    private func answer(
        _ method: String, _ bytes: [UInt8], _ call: RPCServerCall, _ profile: MockProfile, isHealthy: Bool
    ) throws {
        switch method {
        case "Abort":
            let wireIDs = try MockAnswers.abortedIDs(bytes, profile.dialect)
            let named = state.withLock { state in state.live.values.filter { wireIDs.contains($0.wireID) } }
            for handle in named {
                handle.perform { [self] generation in
                    state.withLock { $0.counts.aborted += 1 }
                    generation.abort()
                }
            }
            call.send(try MockAnswers.abort(profile.dialect))
            call.finish(.ok)
        case "SubscribeKvEvents": try MockCacheEvents.publish(profile, to: call, bytes)
        case "GetTokenizer":
            guard let bundle = profile.bundle else {
                return call.finish(RPCStatus(.failedPrecondition, "the mock engine has no tokenizer"))
            }
            for message in bundle.messages { call.send(message) }
            call.finish(.ok)
        default:
            let isLucky = drawUnit() >= profile.odds.unhealthy
            let answer = try MockAnswers.answer(
                method, bytes, profile, isHealthy: isHealthy && isLucky, running: counts.running)
            guard let answer else {
                return call.finish(RPCStatus(.unimplemented, "the mock engine has no method \(method)"))
            }
            call.send(answer)
            call.finish(.ok)
        }
    }

    /// How a method other than Generate misbehaves.
    private func misbehave(_ misbehaviour: Misbehaviour, _ call: RPCServerCall, _ profile: MockProfile) {
        switch misbehaviour {
        case .close: call.closeConnection()
        case .reset: call.reset(errorCode: 2)
        case .refused: call.reset(errorCode: 7)
        case .status(let code): call.finish(RPCStatus(code, "the mock engine was told to"))
        case .malformed:
            call.send([0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
            call.finish(.ok)
        case .down: goDown(profile)
        default: break  // Silence.
        }
    }

    // MARK: Generations

    private func generate(_ request: MockRequest, _ call: RPCServerCall, _ profile: MockProfile) throws {
        if let refusal = Self.refusal(of: request, profile) { return call.finish(refusal) }
        let (id, strike, arrival) = state.withLock { state in
            state.lastCall += 1
            let arrival = state.queue.arrive(
                state.lastCall, choices: request.choices, parallel: profile.parallelSequences,
                limit: profile.queueRequests)
            guard arrival == .taken else { return (state.lastCall, MockStrike?.none, arrival) }
            state.counts.generations += 1
            state.requests?.append(request)
            let strike = Self.strike(request, &state)
            state.counts.misbehaved += strike == nil ? 0 : 1
            return (state.lastCall, strike, arrival)
        }
        guard arrival == .taken else {
            return call.finish(
                RPCStatus(.resourceExhausted, "the queue of \(profile.queueRequests ?? 0) requests is full"))
        }
        let generation = MockGeneration(
            request, of: call, profile, strike: strike, goDown: { [self] in goDown(profile) },
            onEnd: { [self] isCancelled in end(id, profile, isCancelled: isCancelled) })
        let handle = MockHandle(generation, wireID: request.wireID, on: call.eventLoop)
        // Another loop may have made room meanwhile.
        let runs = state.withLock { state in
            state.live[id] = handle
            return state.queue.runs(id)
        }
        generation.arrive()
        if runs { generation.start() }
    }

    private func end(_ id: UInt64, _ profile: MockProfile, isCancelled: Bool) {
        let next = state.withLock { state in
            state.live[id] = nil
            state.counts.cancelled += isCancelled ? 1 : 0
            return state.queue.leave(id, parallel: profile.parallelSequences).compactMap { state.live[$0] }
        }
        for handle in next { handle.perform { $0.start() } }
    }

    private static func refusal(of request: MockRequest, _ profile: MockProfile) -> RPCStatus? {
        guard !request.prompt.isEmpty else { return RPCStatus(.invalidArgument, "the prompt has no tokens") }
        guard request.prompt.count + min(request.maxTokens ?? 1, 1) <= profile.contextTokens else {
            return RPCStatus(
                .invalidArgument, "\(request.prompt.count) tokens are too many for \(profile.contextTokens)")
        }
        guard request.choices <= profile.parallelSequences else {
            return RPCStatus(.invalidArgument, "n: at most \(profile.parallelSequences) choices run at once")
        }
        return nil
    }

    private static func strike(_ request: MockRequest, _ state: inout State) -> MockStrike? {
        if !state.strikes.isEmpty { return state.strikes.removeFirst() }
        let profile = state.profile
        state.draws += 2
        let draw = MockNumbers.unit(seed: profile.oddsSeed, at: state.draws)
        guard let kind = profile.odds.strike(draw) else { return nil }
        let tokens = min(profile.count, request.maxTokens ?? profile.count)
        let place = MockNumbers.unit(seed: profile.oddsSeed, at: state.draws + 1) * Double(tokens)
        return MockStrike(kind, afterTokens: Int(place))
    }

    private func drawUnit() -> Double {
        state.withLock { state in
            state.draws += 2
            return MockNumbers.unit(seed: state.profile.oddsSeed, at: state.draws)
        }
    }

    private func goDown(_ profile: MockProfile) { state.withLock { $0.goDown }?(profile.downSeconds) }
}
