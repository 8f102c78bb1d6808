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
            Self.chat(#""seed":1"#, for: .sglang)
                == "Unsupported parameter: 'seed': the engine 'SGLang' does not take it: its protocol has no seed.")
        #expect(
            Self.completion(#""max_tokens":0"#, for: .vllm)
                == "Unsupported value: 'max_tokens' must be at least 1 for the engine 'vLLM': "
                + "it generates at least one token.")
        #expect(
            Self.completion(#""n":2,"temperature":0"#, for: .vllm)
                == "Invalid 'n': the engine 'vLLM' takes no `n` above 1 with a `temperature` of 0.")
    }

    @Test(arguments: [EngineKind.embedded, .vllm, .trtllm])
    func seedsGoWhereTheyCan(_ engine: EngineKind) { #expect(Self.chat(#""seed":1"#, for: engine) == nil) }

    @Test func biasesGoWhereTheyCan() {
        for engine in EngineKind.allCases where engine != .trtllm {
            #expect(Self.chat(#""logit_bias":{"1":2}"#, for: engine) == nil)
        }
        #expect(Self.chat(#""logit_bias":{"1":2}"#, for: .trtllm)?.contains("'TensorRT-LLM'") == true)
        #expect(Self.chat(#""logit_bias":{}"#, for: .trtllm) == nil)
    }

    @Test func nothingIsGeneratedWhereThatCanBe() {
        #expect(Self.completion(#""max_tokens":0,"echo":true"#, for: .sglang) == nil)
        #expect(Self.completion(#""max_tokens":0,"echo":true"#, for: .embedded) == nil)
        #expect(Self.completion(#""max_tokens":0,"echo":true"#, for: .trtllm) != nil)
    }

    @Test func fieldsThatDoNotGoTogether() {
        for engine in [EngineKind.embedded, .sglang, .trtllm] {
            #expect(Self.chat(#""n":2,"temperature":0"#, for: engine) == nil)
        }
        #expect(Self.chat(#""n":2,"temperature":0"#, for: .vllm) != nil)
        #expect(Self.chat(#""n":2,"temperature":0.5"#, for: .vllm) == nil)
        #expect(Self.chat(#""n":1,"temperature":0"#, for: .vllm) == nil)
        let prompted = #""echo":true,"logprobs":1,"stream":"#
        #expect(Self.completion(prompted + "true", for: .trtllm) != nil)
        #expect(Self.completion(prompted + "false", for: .trtllm) == nil)
        #expect(Self.completion(prompted + "true", for: .vllm) == nil)
    }

    @Test func documentationTellsEnginesApart() {
        let text = FieldTable.markdown
        #expect(
            text.contains("| `seed` | honoured | translated: the lowest 32 bits | refused: its protocol has no seed"))
        #expect(text.contains("- vLLM: refused is `n` above 1 with a `temperature` of 0."))
        #expect(text.contains("Also `/rerank` and `/v2/rerank`."))
    }
}
