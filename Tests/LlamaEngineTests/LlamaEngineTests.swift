import JSONBytes
import LlamaEngine
import ServingModel
import ServingTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: TestModel.isThere, "the model is not there; see make test"))
struct LlamaEngineTests {
    @Test(arguments: EngineConformance.Check.allCases)
    func keepsTheContract(_ check: EngineConformance.Check) async throws {
        try await EngineConformance(TestModel.subject()).run(check)
    }

    @Test func holdsTheOutputToAGrammar() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            let schema =
                #"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"#
            for constraint in [OutputConstraint.jsonSchema(schema), .jsonObject] {
                var request = session.request(120, prompt: TestModel.tokens("Answer in JSON with one number: "))
                request.stop.ignoresEndOfSequence = false
                request.constraint = constraint
                request.sampling.seed = 5
                request.sampling.temperature = 0.7
                let outcome = try await session.complete(request)
                let text = TestModel.text(outcome.ids())
                if outcome.ends == [0: .length] {
                    #expect(text.hasPrefix("{"))
                } else {
                    guard case .object? = try? JSONValue(parsing: text) else {
                        Issue.record("not an object: \(text)")
                        continue
                    }
                }
            }
        }
    }

    private static let calls = CallConstraint(
        frame: CallConstraint.Frame(
            beforeName: "<call>{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}</call>", between: "\n"),
        functions: [
            CallConstraint.Function(
                name: "add", parameters: #"{"properties":{"a":{"enum":[1,2]}},"required":["a"]}"#, isStrict: true,
                field: "f")
        ], callsMax: 2)

    @Test func holdsTheOutputToCalls() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            var request = session.request(80, prompt: TestModel.tokens("Call a function: "))
            request.stop.ignoresEndOfSequence = false
            request.constraint = .calls(Self.calls)
            let text = TestModel.text(try await session.complete(request).ids())
            let call = #"<call>{"name": "add", "arguments": {"a":"#
            #expect(text.hasPrefix(call))
            let rest = text.dropFirst(call.count).drop { $0 == " " }.dropFirst()
            #expect(rest.hasPrefix("}}</call>"))
        }
    }

    @Test func holdsTheOutputFromATriggerOn() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            // A list that the model goes on with brings the trigger.
            let prompt = TestModel.tokens("x <call>1</call> x <call>2</call> x <call>3</call> x <call>4</call> x")
            var request = session.request(60, prompt: prompt)
            request.stop.ignoresEndOfSequence = false
            request.constraint = .calls(Self.calls)
            request.constraintTrigger = ConstraintTrigger(
                openings: [.init(text: Array("<call>".utf8), standsFor: Array("<call>".utf8))], aside: nil)
            let text = TestModel.text(try await session.complete(request).ids())
            #expect(text.hasPrefix(" <call>{\"name\": \"add\", \"arguments\": {\"a\":"), "\(text)")
        }
    }

    @Test func namesTheFunctionItCannotHoldTo() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            var calls = Self.calls
            calls.functions.append(
                .init(name: "odd", parameters: #"{"not":{}}"#, isStrict: true, field: "tools[1].function.parameters"))
            var request = session.request(4)
            request.constraint = .calls(calls)
            let failure = try await session.complete(request).failure
            guard case .invalid("tools[1].function.parameters", _)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            calls.functions[1].isStrict = false
            var lax = session.request(4)
            lax.constraint = .calls(calls)
            let other = try await session.complete(lax).failure
            #expect(other == nil)
        }
    }

    @Test func findsAConversationsSecondTurnInTheCache() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            let first = session.request(8)
            let answer = try await session.complete(first)
            #expect(answer.reports[0].cachedTokens == 0)
            let second = session.request(4, prompt: first.prompt + answer.ids() + TestModel.tokens(" And Italy?"))
            // The last token of an answer is never computed.
            let cached = try await session.complete(second).reports[0].cachedTokens
            #expect(cached == first.prompt.count + answer.ids().count - 1)
        }
    }

    @Test func sharesAPrefixBetweenRequestsThatRunTogether() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            let text = "You are a helpful assistant. Answer the question in one short sentence. "
            let first = session.request(60, prompt: TestModel.tokens(text + "What is water?"))
            session.submit(first)
            try await session.wait(for: first) { !$0.ids().isEmpty }
            let second = session.request(4, prompt: TestModel.tokens(text + "What is fire?"))
            let cached = try await session.complete(second).reports[0].cachedTokens
            let common = zip(first.prompt, second.prompt).prefix { $0 == $1 }.count
            #expect(cached == common && common > 10)
            let whole = try await session.end(of: first).ids()
            #expect(whole.count == 60)
        }
    }

    @Test func evictsWhatWasUsedLongAgo() async throws {
        try await TestModel.withSession(TestModel.engine(contextTokens: 128, cacheTokens: 256)) { session in
            let first = session.request(4, prompt: Self.filler(100, seed: 0))
            let text = try await session.complete(first).ids()
            for seed in 1...4 as ClosedRange<UInt64> {
                let other = try await session.complete(session.request(4, prompt: Self.filler(100, seed: seed)))
                #expect(other.ids().count == 4)
            }
            #expect(session.engine.snapshot().evictedTokens >= 200)
            let again = try await session.complete(session.request(4, prompt: first.prompt))
            #expect(again.reports[0].cachedTokens < 100 && again.ids() == text)
        }
    }

    @Test func writesTheSameTextWhenItIsPreempted() async throws {
        let prompts = ["The sun is", "Water is made of", "Once upon a time"].map { TestModel.tokens($0) }
        let expected = try await outputs(prompts, count: 90, together: false)
        try await TestModel.withSession(TestModel.engine(contextTokens: 128, cacheTokens: 256)) { session in
            let requests = prompts.map { session.request(90, prompt: $0) }
            for request in requests { session.submit(request) }
            for (at, request) in requests.enumerated() {
                let ids = try await session.end(of: request).ids()
                #expect(ids == expected[at])
            }
            #expect(session.engine.snapshot().preemptions > 0)
        }
    }

    @Test func stopsComputingForWhatIsCancelled() async throws {
        try await TestModel.withSession(TestModel.engine()) { session in
            let request = session.request(200)
            session.submit(request)
            try await session.wait(for: request) { $0.ids().count >= 3 }
            session.engine.cancel(request.id, choice: nil)
            let other = session.request(1)
            _ = try await session.complete(other)
            let snapshot = session.engine.snapshot()
            #expect(snapshot.runningSequences == 0 && snapshot.waitingRequests == 0)
            #expect(snapshot.decodeTokens < 100)
        }
    }

    /// What a batch gives is what each request gives alone: for greedy decoding of 16-bit weights.
    @Test func writesTheSameTextAloneAndTogether() async throws {
        let prompts = [
            "The sun is", "Water is made of", "My favourite colour is", "Once upon a time", "Two plus two is",
            "The president said that", "In the year 1900", "def add(a, b):",
        ].map { TestModel.tokens($0) }
        let alone = try await outputs(prompts, count: 12, together: false)
        let together = try await outputs(prompts, count: 12, together: true)
        for (at, text) in together.enumerated() { #expect(text == alone[at], "prompt \(at)") }
    }

    private func outputs(_ prompts: [[TokenID]], count: Int, together: Bool) async throws -> [[TokenID]] {
        var outputs: [[TokenID]] = []
        try await TestModel.withSession(TestModel.engine()) { session in
            let requests = prompts.map { session.request(count, prompt: $0) }
            if together { requests.forEach(session.submit) }
            for request in requests {
                if !together { session.submit(request) }
                outputs.append(try await session.end(of: request).ids())
            }
        }
        return outputs
    }

    /// Ordinary tokens drawn from a seed.
    private static func filler(_ count: Int, seed: UInt64) -> [TokenID] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in TokenID(.random(in: 1000..<40_000, using: &random)) }
    }
}
