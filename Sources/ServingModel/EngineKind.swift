/// What kind of engine serves a model: what it can do with a request's fields depends on that.
package enum EngineKind: String, Sendable, CaseIterable {
    /// llama.cpp in this process.
    case embedded
    /// vLLM, or a server that speaks its gRPC protocol.
    case vllm
    case sglang
    case trtllm
    /// A server of the OpenAI API over HTTP: text in, text out.
    case http

    /// The engine's name for people.
    package var title: String {
        switch self {
        case .embedded: "embedded"
        case .vllm: "vLLM"
        case .sglang: "SGLang"
        case .trtllm: "TensorRT-LLM"
        case .http: "HTTP"
        }
    }
}
