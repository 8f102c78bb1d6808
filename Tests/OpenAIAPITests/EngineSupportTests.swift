import OpenAIAPI
import ServingModel
import Testing

struct EngineSupportTests {
    private static func chat(_ members: String, for engine: EngineKind) -> String? {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"# + members + "}"
        do throws(APIError) {
            _ = try ChatRequest.decode(Array(body.utf8), engine: engine)
            return nil
        } catch { return error.message }
    }

    private static func completion(_ members: String, for engine: EngineKind) -> String? {
        do throws(APIError) {
            _ = try CompletionRequest.decode(
                Array((#"{"model":"m","prompt":"hi","# + members + "}").utf8), engine: engine)
            return nil
        } catch { return error.message }
    }

    @Test func namesTheFieldAndTheEngine() {
        #expect(
            Self.chat(#""logit_bias":{"1":2}"#, for: .trtllm)
                == "Unsupported parameter: 'logit_bias': the engine 'TensorRT-LLM' does not take it: "
                + "its protocol has no bias of single tokens.")
        #expect(
            Self.completion(#""seed":1"#, for: .sglang)
                == "Unsupported parameter: 'seed': the engine 'SGLang' does not take it with a `temperature` above 0: "
                + "its protocol has no seed.")
    }

    /// Members of a request, and the engines that do not take them.
    private static let cases: [(String, [EngineKind])] = [
        (#""logit_bias":{"1":2}"#, [.trtllm]), (#""logit_bias":{}"#, []),
        (#""seed":1"#, [.sglang]), (#""seed":1,"temperature":0"#, []),
        (#""n":2,"temperature":0"#, []),
        (#""min_tokens":2,"stop_token_ids":[7]"#, [.trtllm]),
        (#""min_tokens":0,"stop_token_ids":[7]"#, []), (#""min_tokens":2"#, []),
    ]

    @Test(arguments: cases)
    func refusesWhatAnEngineDoesNotTake(_ members: String, _ engines: [EngineKind]) {
        for engine in EngineKind.allCases {
            #expect((Self.chat(members, for: engine) != nil) == engines.contains(engine), "\(engine)")
            #expect((Self.completion(members, for: engine) != nil) == engines.contains(engine), "\(engine)")
        }
    }

    @Test(
        arguments: [
            (#""echo":true,"logprobs":1"#, [.trtllm]), (#""echo":true"#, []), (#""logprobs":1"#, []),
            (#""max_tokens":0,"echo":true"#, []),
        ] as [(String, [EngineKind])])
    func refusesWhatAnEngineDoesNotTakeOfCompletions(_ members: String, _ engines: [EngineKind]) {
        for engine in EngineKind.allCases {
            #expect((Self.completion(members, for: engine) != nil) == engines.contains(engine), "\(engine)")
        }
    }

    @Test func documentationTellsEnginesApart() {
        let text = FieldTable.markdown
        #expect(
            text.contains(
                "| `seed` | honoured | translated: folded to 31 bits; below 2³¹ as it is "
                    + "| refused with a `temperature` above 0: its protocol has no seed | honoured |"))
        #expect(text.contains("Also `/rerank` and `/v2/rerank`."))
    }
}
