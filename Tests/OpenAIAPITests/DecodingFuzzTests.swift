import OpenAIAPI
import ServingModel
import Testing

struct DecodingFuzzTests {
    /// A good body of each endpoint, with much of what it may have.
    private static func body(_ endpoint: FieldTable.Endpoint) -> [UInt8] {
        let text =
            switch endpoint {
            case .chatCompletions:
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi é"}]}],"n":2,"seed":-1,"#
                    + #""stream":true,"stream_options":{"include_usage":true},"logit_bias":{"5":-1.5},"logprobs":true,"#
                    + #""tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"auto"}"#
            case .completions:
                #"{"model":"m","prompt":[[1,2],"x"],"max_tokens":0,"echo":true,"logprobs":3,"stop":["a","b"],"#
                    + #""stop_token_ids":[7],"min_tokens":0,"top_k":-1,"response_format":{"type":"json_object"}}"#
            case .embeddings:
                #"{"model":"m","input":["a",[1,2]],"encoding_format":"base64","dimensions":12,"user":"u","padding":null}"#
            case .score: #"{"queries":"a","documents":["b","c\n"],"apply_softmax":false}"#
            case .rerank: #"{"query":"q","documents":["a",{"text":"b"}],"top_n":1,"return_documents":false}"#
            case .tokenize: #"{"prompt":"a","add_special_tokens":true,"return_token_strs":false}"#
            case .detokenize: #"{"tokens":[1,2,3]}"#
            case .abort: #"{"request_ids":["chatcmpl-1","chatcmpl-2"],"abort_all":false}"#
            case .flushCache: #"{"model":"m","worker":"grpc://a:1","timeout":2.5}"#
            case .startProfile:
                #"{"output_dir":"/traces","start_step":0,"num_steps":3,"activities":["CPU","GPU"],"with_stack":true}"#
            case .stopProfile: #"{"model":"m"}"#
            }
        return Array(text.utf8)
    }

    private static func error(_ endpoint: FieldTable.Endpoint, _ body: [UInt8], for engine: EngineKind) -> APIError? {
        do throws(APIError) {
            switch endpoint {
            case .chatCompletions: _ = try ChatRequest.decode(body, engine: engine)
            case .completions: _ = try CompletionRequest.decode(body, engine: engine)
            case .embeddings: _ = try EmbeddingsRequest.decode(body, engine: engine)
            case .score: _ = try ScoreRequest.decode(body, engine: engine)
            case .rerank: _ = try RerankRequest.decode(body, engine: engine)
            case .tokenize: _ = try TokenizeRequest.decode(body)
            case .detokenize: _ = try DetokenizeRequest.decode(body)
            case .abort: _ = try AbortRequest.decode(body)
            case .flushCache: _ = try OrderRequest.decode(body, of: .flushCache)
            case .startProfile: _ = try OrderRequest.decode(body, of: .startProfile)
            case .stopProfile: _ = try OrderRequest.decode(body, of: .stopProfile)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: FieldTable.Endpoint.allCases)
    func takesGoodBodiesAndNoTruncationOfThem(_ endpoint: FieldTable.Endpoint) {
        let body = Self.body(endpoint)
        #expect(Self.error(endpoint, body, for: .embedded) == nil)
        // An order needs no body.
        let shortest = [.flushCache, .startProfile, .stopProfile].contains(endpoint) ? 1 : 0
        for length in shortest..<body.count {
            #expect(Self.error(endpoint, Array(body[..<length]), for: .vllm)?.code == "invalid_json")
        }
    }

    @Test(arguments: FieldTable.Endpoint.allCases, 0..<4)
    func answersEveryMutationWith400OrTakesIt(_ endpoint: FieldTable.Endpoint, _ seed: UInt64) {
        var generator = SplitMix(seed: seed)
        for round in 0..<200 {
            var body = Self.body(endpoint)
            BodyMutations.mutate(&body, using: &generator)
            let engine = EngineKind.allCases[round % EngineKind.allCases.count]
            if let error = Self.error(endpoint, body, for: engine) {
                #expect(error.status == 400, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
            }
        }
    }
}
