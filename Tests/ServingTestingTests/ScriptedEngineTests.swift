import ServingModel
import ServingTesting
import Testing

struct ScriptedEngineTests {
    private static let card = EngineCard(
        model: ModelID("scripted"), contextTokens: 128, parallelSequences: 4, vocabularySize: 1000)

    private static let subject: EngineConformance.Subject = {
        let clock = ManualClock()
        return EngineConformance.Subject(
            make: { ScriptedEngine(card: card, queueRequests: 3, now: { clock.now }) },
            step: { ($0 as? ScriptedEngine)?.step() ?? false }, prompt: (1...7).map { TokenID($0) },
            parallelSequences: card.parallelSequences, queueRequests: 3, now: clock.now)
    }()

    @Test(arguments: EngineConformance.Check.allCases)
    func keepsTheContract(_ check: EngineConformance.Check) async throws {
        try await EngineConformance(Self.subject).run(check)
    }

    private func session(_ scripts: [Script]) -> EngineSession {
        let clock = ManualClock()
        let engine = ScriptedEngine(card: Self.card, now: { clock.now })
        engine.play(scripts)
        return EngineSession(engine, Self.subject)
    }

    @Test func playsTheTokensOfAScript() async throws {
        let session = session([Script(tokens: [[TokenID(5), TokenID(6)], [TokenID(7)]], end: .constraintComplete)])
        var request = session.request(10)
        request.choices = 2
        let outcome = try await session.complete(request)
        #expect(outcome.ids(of: 0) == [TokenID(5), TokenID(6)])
        #expect(outcome.ids(of: 1) == [TokenID(7)])
        #expect(outcome.ends == [0: .constraintComplete, 1: .constraintComplete])
    }

    @Test func failsWhereTheScriptSaysSo() async throws {
        let session = session([
            Script(failure: .beforeStart(.broken("a"))), Script(failure: .afterTokens(2, .broken("b"))),
        ])
        let early = try await session.complete(session.request(4))
        #expect(early.failure == .broken("a") && early.reports.isEmpty)
        let late = try await session.complete(session.request(4))
        #expect(late.failure == .broken("b") && late.ids().count == 2)
    }

    @Test func neverAnswersWhenTheScriptSaysSo() {
        let session = session([Script(isIgnored: true)])
        session.submit(session.request(4))
        #expect((session.engine as? ScriptedEngine)?.step() == false)
        #expect(session.recorder.events.isEmpty)
    }
}
