import EngineWire
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import SwiftProtobuf
import Testing
import Tokenization

/// Every field of a request reaches the engine or is refused by name.
struct GenerateReadingTests {
    @Test func handsEveryFieldOn() async throws {
        try await Worker.run { worker in
            _ = try await worker.generate(
                Worker.request(maxTokens: 4) { request in
                    request.dataParallelRank = 0
                    request.samplingParams.temperature = 0.5
                    request.samplingParams.topP = 0.9
                    request.samplingParams.topK = 7
                    request.samplingParams.minP = 0.1
                    request.samplingParams.frequencyPenalty = 0.25
                    request.samplingParams.presencePenalty = -0.5
                    request.samplingParams.repetitionPenalty = 1.5
                    request.samplingParams.minTokens = 2
                    request.samplingParams.stopTokenIds = [5, 6]
                    request.samplingParams.ignoreEos = true
                    request.samplingParams.n = 2
                    request.samplingParams.seed = 42
                    request.samplingParams.logitBias = [9: 1.5]
                    request.samplingParams.jsonSchema = #"{"type":"string"}"#
                    request.samplingParams.grammarFromFirstToken = true
                })
            let request = try #require(worker.engine.script.submissions.first)
            #expect(request.prompt == [10, 11, 12].map { TokenID($0) } && request.isStreamed && request.choices == 2)
            var sampling = SamplingOptions()
            (sampling.temperature, sampling.topP, sampling.topK, sampling.minP) = (0.5, 0.9, 7, 0.1)
            (sampling.frequencyPenalty, sampling.presencePenalty, sampling.repetitionPenalty) = (0.25, -0.5, 1.5)
            (sampling.seed, sampling.logitBias) = (42, [TokenID(9): 1.5])
            #expect(request.sampling == sampling)
            var stop = StopConditions(maxTokens: 4)
            (stop.minTokens, stop.ignoresEndOfSequence, stop.stopTokens) = (2, true, [TokenID(5), TokenID(6)])
            #expect(request.stop == stop)
            #expect(request.constraint == .jsonSchema(#"{"type":"string"}"#))
            #expect(request.queueDeadline == worker.clock.now.advanced(bySeconds: 60))
        }
    }

    @Test func takesTheProtocolsDefaults() async throws {
        try await Worker.run { worker in
            var request = VLLMGenerateRequest()
            request.tokenized.inputIds = [10, 11]
            _ = try await worker.generate(request)
            let read = try #require(worker.engine.script.submissions.first)
            #expect(read.sampling == SamplingOptions() && read.choices == 1 && !read.isStreamed)
            #expect(read.topLogprobs == nil && !read.reportsPromptLogprobs && read.constraint == nil)
            // As many as the context has room for.
            #expect(read.stop == StopConditions(maxTokens: 254))
        }
    }

    @Test func takesAPromptInText() async throws {
        let tokenizer = try Worker.tokenizer()
        try await Worker.run(tokenizer: tokenizer) { worker in
            _ = try await worker.generate(Worker.request { $0.text = "Hello" })
            #expect(worker.engine.script.submissions.first?.prompt == tokenizer.encode("Hello"))
        }
        try await Worker.run { worker in
            let status = try await worker.generate(Worker.request { $0.text = "Hello" }).1
            #expect(status.code == .invalidArgument && status.message.hasPrefix("text: "))
        }
    }

    @Test func cutsThePromptWhereItIsToldTo() async throws {
        try await Worker.run { worker in
            _ = try await worker.generate(Worker.request { $0.samplingParams.truncatePromptTokens = 2 })
            #expect(worker.engine.script.submissions.first?.prompt == [11, 12].map { TokenID($0) })
        }
    }

    struct Refusal: Sendable {
        let field: String
        let change: @Sendable (inout VLLMGenerateRequest) -> Void
    }

    static let refusals: [Refusal] = [
        Refusal(field: "input") { $0.input = nil },
        Refusal(field: "tokenized.input_ids") { $0.tokenized.inputIds = [] },
        Refusal(field: "tokenized.input_ids") { $0.tokenized.inputIds = [288] },
        Refusal(field: "data_parallel_rank") { $0.dataParallelRank = 1 },
        Refusal(field: "sampling_params.temperature") { $0.samplingParams.temperature = -1 },
        Refusal(field: "sampling_params.temperature") { $0.samplingParams.temperature = .nan },
        Refusal(field: "sampling_params.top_p") { $0.samplingParams.topP = 1.5 },
        Refusal(field: "sampling_params.min_p") { $0.samplingParams.minP = 2 },
        Refusal(field: "sampling_params.frequency_penalty") { $0.samplingParams.frequencyPenalty = 3 },
        Refusal(field: "sampling_params.presence_penalty") { $0.samplingParams.presencePenalty = -3 },
        Refusal(field: "sampling_params.repetition_penalty") { $0.samplingParams.repetitionPenalty = -1 },
        Refusal(field: "sampling_params.min_tokens") { $0.samplingParams.minTokens = 6 },
        Refusal(field: "sampling_params.stop_token_ids") { $0.samplingParams.stopTokenIds = [4000] },
        Refusal(field: "sampling_params.stop") { $0.samplingParams.stop = ["x"] },
        Refusal(field: "sampling_params.logprobs") { $0.samplingParams.logprobs = -2 },
        Refusal(field: "sampling_params.prompt_logprobs") { $0.samplingParams.promptLogprobs = -2 },
        Refusal(field: "sampling_params.logit_bias") { $0.samplingParams.logitBias = [-1: 1] },
        Refusal(field: "sampling_params.truncate_prompt_tokens") { $0.samplingParams.truncatePromptTokens = 0 },
        Refusal(field: "sampling_params.regex") { $0.samplingParams.regex = "a*" },
        Refusal(field: "sampling_params.grammar") { $0.samplingParams.grammar = "root ::= x" },
        Refusal(field: "sampling_params.structural_tag") { $0.samplingParams.structuralTag = "{}" },
        Refusal(field: "sampling_params.choice") { $0.samplingParams.choice.choices = ["a"] },
        Refusal(field: "n") { $0.samplingParams.n = 99 },
    ]

    @Test(arguments: refusals.indices) func refusesByName(_ index: Int) async throws {
        let refusal = Self.refusals[index]
        try await Worker.run { worker in
            let (messages, status) = try await worker.generate(Worker.request(refusal.change))
            #expect(messages.isEmpty && status.code == .invalidArgument && status.isFromServer)
            #expect(status.message.hasPrefix("\(refusal.field): "), "\(status.message)")
        }
    }

    /// Fields of the protocol that are no part of our messages, as a client writes them.
    @Test(arguments: [
        (6, "kv_transfer_params"), (7, "mm_inputs"), (8, "kv_transfer_params_json"), (10, "media_refs"),
        (11, "extra_mm_inputs"), (99, "field 99"),
    ])
    func refusesWhatItDoesNotKnow(_ field: Int, _ name: String) async throws {
        try await Worker.run { worker in
            var bytes: [UInt8] = try Worker.request().serializedBytes()
            let tag = field << 3 | 2
            bytes += tag < 0x80 ? [UInt8(tag)] : [UInt8(tag & 0x7F | 0x80), UInt8(tag >> 7)]
            bytes += [1, 0x20]
            let call = try await worker.link.begin(Worker.service, "Generate", bytes)
            let status = await worker.link.end(of: call).status
            #expect(status?.code == .invalidArgument && status?.message.hasPrefix("\(name): ") == true)
        }
    }

    @Test func refusesWhatIsNoMessage() async throws {
        try await Worker.run { worker in
            let call = try await worker.link.begin(Worker.service, "Generate", [0xFF, 0xFF])
            #expect(await worker.link.end(of: call).status?.code == .invalidArgument)
        }
    }
}
