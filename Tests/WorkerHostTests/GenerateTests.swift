import EngineWire
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

struct GenerateTests {
    @Test func streamsWhatIsNewAndThenTheCompletion() async throws {
        try await Worker.run { worker in
            worker.engine.script.play([Script(tokens: [[20, 21, 22].map { TokenID($0) }], cachedTokens: 2)])
            let (messages, status) = try await worker.generate(Worker.request(maxTokens: 3))
            #expect(status.code == .ok)
            let chunks = messages.compactMap { if case .chunk(let chunk)? = $0.response { chunk } else { nil } }
            #expect(chunks.flatMap(\.tokenIds) == [20, 21, 22])
            #expect(chunks.allSatisfy { $0.promptTokens == 3 && $0.cachedTokens == 2 })
            #expect(chunks.allSatisfy { Int($0.completionTokens) == $0.tokenIds.count })
            guard case .complete(let end)? = messages.last?.response else {
                Issue.record("no completion")
                return
            }
            #expect(end.finishReason == "length" && end.matchedStop == nil)
            // A stream's completion has the last chunk's tokens once more.
            #expect(end.outputIds == chunks.last?.tokenIds)
            #expect(messages.count == chunks.count + 1)
        }
    }

    @Test func answersAtOnceWhereNobodyStreams() async throws {
        try await Worker.run { worker in
            worker.engine.script.play([Script(tokens: [[20, 21, 22].map { TokenID($0) }])])
            let (messages, status) = try await worker.generate(Worker.request(maxTokens: 3, isStreamed: false))
            #expect(status.code == .ok && messages.count == 1)
            #expect(messages.first?.complete.outputIds == [20, 21, 22])
            #expect(messages.first?.complete.completionTokens == 3)
        }
    }

    @Test func includesTheTokenThatEnds() async throws {
        try await Worker.run { worker in
            let script = Script(tokens: [[TokenID(20)]], end: .stop(TokenID(2)))
            worker.engine.script.play([script, Script(tokens: [[TokenID(20), TokenID(30)]])])
            // The model's own end is not said to have matched anything, as vLLM has it.
            var end = try await worker.generate(Worker.request(isStreamed: false)).0.first?.complete
            #expect(end?.outputIds == [20, 2] && end?.finishReason == "stop" && end?.matchedStop == nil)
            end = try await worker.generate(
                Worker.request(isStreamed: false) { $0.samplingParams.stopTokenIds = [30] }
            ).0.first?.complete
            #expect(end?.outputIds == [20, 30] && end?.finishReason == "stop" && end?.matchedTokenID == 30)
        }
    }

    @Test func saysNothingOfATokenWhereAConstraintIsComplete() async throws {
        try await Worker.run { worker in
            worker.engine.script.play([Script(tokens: [[TokenID(20)]], end: .constraintComplete)])
            let end = try await worker.generate(Worker.request(isStreamed: false)).0.first?.complete
            #expect(end?.outputIds == [20] && end?.finishReason == "stop" && end?.matchedStop == nil)
        }
    }

    @Test(arguments: [true, false]) func givesEveryChoice(isStreamed: Bool) async throws {
        try await Worker.run { worker in
            worker.engine.script.play([Script(tokens: [[20, 21], [30], [40, 41]].map { $0.map { TokenID($0) } })])
            let request = Worker.request(maxTokens: 2, isStreamed: isStreamed) { $0.samplingParams.n = 3 }
            let messages = try await worker.generate(request).0
            let ends = messages.compactMap { if case .complete(let end)? = $0.response { end } else { nil } }
            #expect(Set(ends.map(\.index)) == [0, 1, 2])
            #expect(ends.first { $0.index == 1 }?.finishReason == "stop")
            var tokens: [UInt32: [UInt32]] = [:]
            for message in messages {
                if case .chunk(let chunk)? = message.response { tokens[chunk.index, default: []] += chunk.tokenIds }
            }
            if !isStreamed { for end in ends { tokens[end.index] = end.outputIds } }
            #expect(tokens == [0: [20, 21], 1: [30, 0], 2: [40, 41]])
        }
    }

    @Test func reportsLogprobsAsFarAsTheyAreWanted() async throws {
        try await Worker.run { worker in
            worker.engine.script.play([Script(tokens: [[20, 21].map { TokenID($0) }])])
            let messages = try await worker.generate(
                Worker.request(maxTokens: 2) { request in
                    request.samplingParams.logprobs = 1
                    request.samplingParams.promptLogprobs = 2
                }
            ).0
            #expect(worker.engine.script.submissions.first?.topLogprobs == 2)
            guard case .chunk(let first)? = messages.first?.response else {
                Issue.record("no chunk")
                return
            }
            #expect(first.outputLogprobs.tokenIds == first.tokenIds)
            #expect(first.outputLogprobs.topLogprobs.allSatisfy { $0.values.count == 1 && $0.tokenIds.count == 1 })
            #expect(first.inputLogprobs.tokenIds == [10, 11, 12])
            #expect(first.inputLogprobs.tokenLogprobs.map(\.hasValue) == [false, true, true])
            #expect(messages.last?.complete.hasInputLogprobs == false)
        }
    }

    @Test func reportsAPromptWithoutTokens() async throws {
        try await Worker.run { worker in
            let messages = try await worker.generate(
                Worker.request(maxTokens: 0) { $0.samplingParams.promptLogprobs = 0 }
            ).0
            #expect(messages.count == 1)
            #expect(messages.first?.complete.inputLogprobs.tokenLogprobs.count == 3)
            #expect(messages.first?.complete.finishReason == "length")
        }
    }

    @Test func isReadByTheGatewaysReader() async throws {
        try await Worker.run { worker in
            worker.engine.script.play([
                Script(tokens: [[20, 21, 22].map { TokenID($0) }], end: .stop(TokenID(7)), cachedTokens: 1)
            ])
            var generation = GenerationRequest(
                id: RequestID(5), prompt: [10, 11].map { TokenID($0) }, stop: StopConditions(maxTokens: 9))
            generation.topLogprobs = 2
            let ends = [TokenID(2), TokenID(7)]
            var bytes: [UInt8] = []
            try EngineDialect.vllm.appendGenerate(generation, wireID: "a", endTokens: ends, to: &bytes)
            let call = try await worker.link.begin(Worker.service, "Generate", bytes)
            let outcome = await worker.link.end(of: call)
            var reader = GenerationReader(dialect: .vllm, request: generation, endTokens: ends)
            var events: [GenerationEvent] = []
            for message in outcome.messages {
                try reader.read(message, into: &events)
            }
            #expect(reader.isComplete)
            let read = RequestOutcome(of: RequestID(5), in: events)
            #expect(read.ids() == [20, 21, 22].map { TokenID($0) } && read.ends == [0: .stop(TokenID(7))])
            #expect(read.reports.first?.cachedTokens == 1)
        }
    }
}
