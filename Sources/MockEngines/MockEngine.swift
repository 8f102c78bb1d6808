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
        var aborts: [UInt64: (wireID: String, abort: @Sendable () -> Void)] = [:]
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

    package var counts: MockCounts { state.withLock { $0.counts } }

    /// Generate requests in the order of their arrival.
    package var requests: [MockRequest] { state.withLock { $0.requests ?? [] } }

    /// The next generations misbehave like this, in order; nil is a generation that goes well. Odds count again behind
    /// them.
    package func play(_ strikes: [MockStrike?]) { state.withLock { $0.strikes += strikes } }

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
            let aborts = state.withLock { state in
                state.aborts.values.filter { wireIDs.contains($0.wireID) }.map(\.abort)
            }
            for abort in aborts { abort() }
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
        let (id, strike) = state.withLock { state in
            state.lastCall += 1
            state.counts.generations += 1
            state.counts.running += 1
            state.requests?.append(request)
            let strike = Self.strike(request, &state)
            state.counts.misbehaved += strike == nil ? 0 : 1
            return (state.lastCall, strike)
        }
        let generation = MockGeneration(
            request, of: call, profile, strike: strike, goDown: { [self] in goDown(profile) },
            onEnd: { [self] isCancelled in
                state.withLock { state in
                    state.aborts[id] = nil
                    state.counts.running -= 1
                    state.counts.cancelled += isCancelled ? 1 : 0
                }
            })
        let box = GenerationBox(generation)
        let loop = call.eventLoop
        let abort: @Sendable () -> Void = { [self] in
            loop.execute {
                guard let generation = box.generation, !generation.hasEnded else { return }
                self.state.withLock { $0.counts.aborted += 1 }
                generation.abort()
            }
        }
        state.withLock { $0.aborts[id] = (request.wireID, abort) }
        generation.start()
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

    /// Carries a generation to its own event loop.
    // @unchecked because the generation is touched on its event loop alone.
    private final class GenerationBox: @unchecked Sendable {
        private(set) weak var generation: MockGeneration?
        init(_ generation: MockGeneration) { self.generation = generation }
    }
}
