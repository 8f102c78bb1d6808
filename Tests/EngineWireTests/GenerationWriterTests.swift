import EngineWire
import ServingModel
import SwiftProtobuf
import Testing

/// What is written is read again, in every dialect.
struct GenerationWriterTests {
    private static let prompt = [5, 6, 7].map { TokenID($0) }

    private static func logprobs(_ token: TokenID) -> TokenLogprobs {
        TokenLogprobs(logprob: -0.25, top: [(id: token, logprob: -0.25), (id: TokenID(300), logprob: -2)])
    }

    private static func read(
        _ messages: [[UInt8]], _ dialect: EngineDialect, _ request: GenerationRequest
    ) throws -> [GenerationEvent] {
        var reader = GenerationReader(dialect: dialect, request: request, endTokens: [TokenID(2)])
        var events: [GenerationEvent] = []
        for message in messages {
            try reader.read(message, into: &events)
        }
        #expect(reader.isComplete)
        return events
    }

    @Test(arguments: EngineDialect.allCases) func isReadAsItWasMeant(_ dialect: EngineDialect) throws {
        var request = GenerationRequest(id: RequestID(1), prompt: Self.prompt, stop: StopConditions(maxTokens: 9))
        request.topLogprobs = 2
        let tokens = [40_000, 20].map { TokenID($0) }
        let writer = GenerationWriter(dialect, wireID: "a", promptTokens: 3)
        let part = GenerationPart(
            choice: 0, tokens: tokens, logprobs: tokens.map(Self.logprobs), completionTokens: 2, cachedTokens: 3)
        var messages: [[UInt8]] = [[], [], []]
        writer.appendChunk(part, to: &messages[0])
        let last = GenerationPart(choice: 0, tokens: [TokenID(2)], completionTokens: 1, cachedTokens: 3)
        writer.appendChunk(last, to: &messages[1])
        writer.appendComplete(last, .stop(matching: nil), to: &messages[2])

        var seen: [TokenID] = []
        for event in try Self.read(messages, dialect, request) {
            switch event {
            case .started(_, let report): #expect(report.cachedTokens == 3)
            case .token(_, 0, let token):
                seen.append(token.id)
                #expect(token.logprobs == Self.logprobs(token.id))
            case .finished(_, 0, let reason): #expect(reason == .stop(TokenID(2)))
            default: Issue.record("\(event)")
            }
        }
        #expect(seen == tokens)
    }

    @Test(arguments: [EngineDialect.vllm, .sglang]) func keepsAPromptsLogprobs(_ dialect: EngineDialect) throws {
        var request = GenerationRequest(id: RequestID(1), prompt: Self.prompt, stop: StopConditions(maxTokens: 0))
        request.topLogprobs = 2
        request.reportsPromptLogprobs = true
        let expected = [nil] + Self.prompt.dropFirst().map { Self.logprobs($0) }
        var bytes: [UInt8] = []
        GenerationWriter(dialect, wireID: "a", promptTokens: 3).appendComplete(
            GenerationPart(choice: 0, completionTokens: 0), .length,
            prompt: .init(tokens: Self.prompt, logprobs: expected), to: &bytes)
        guard case .started(_, let report)? = try Self.read([bytes], dialect, request).first else {
            Issue.record("it did not start")
            return
        }
        #expect(report.logprobs == expected)
    }

    /// The generated messages know the same fields.
    @Test func isWhatTheMessagesSay() throws {
        let part = GenerationPart(
            choice: 3, tokens: [TokenID(9)], logprobs: [Self.logprobs(TokenID(9))], completionTokens: 1,
            cachedTokens: 2)
        func complete(_ dialect: EngineDialect, _ end: GenerationPart.End) -> [UInt8] {
            var bytes: [UInt8] = []
            GenerationWriter(dialect, wireID: "a", promptTokens: 4).appendComplete(part, end, to: &bytes)
            return bytes
        }
        let vllm = try VLLMGenerateResponse(
            serializedBytes: complete(.vllm, .stop(matching: .token(TokenID(9))))
        ).complete
        #expect(vllm.matchedTokenID == 9 && vllm.finishReason == "stop" && vllm.index == 3 && vllm.promptTokens == 4)
        let sglang = try SGLangGenerateResponse(
            serializedBytes: complete(.sglang, .stop(matching: .text("x"))))
        #expect(sglang.requestID == "a" && sglang.complete.matchedStopStr == "x" && sglang.complete.index == 3)
        let trtllm = try TRTLLMGenerateResponse(serializedBytes: complete(.trtllm, .length))
        #expect(trtllm.complete.finishReason == "length" && trtllm.complete.sequenceIndex == 3)
        #expect(trtllm.complete.cachedTokens == 2 && trtllm.complete.logprobs.first?.topLogprobs.count == 2)
    }
}
