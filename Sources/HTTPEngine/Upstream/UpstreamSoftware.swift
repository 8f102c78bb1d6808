/// The programs that serve the OpenAI API, as far as they tell.
package enum UpstreamSoftware: String, Sendable, CaseIterable {
    case vllm, sglang, trtllm, llamaServer, ollama, drover, unknown

    /// What the owner of a model in `GET /v1/models`, or else the `Server` header, says of the program.
    init(modelOwner: String?, serverHeader: String?) {
        self =
            switch modelOwner {
            case "vllm": .vllm
            case "sglang": .sglang
            case "tensorrt_llm": .trtllm
            case "llamacpp": .llamaServer
            case "drover": .drover
            default: serverHeader == "llama.cpp" ? .llamaServer : .unknown
            }
    }

    /// Where the program tells its version.
    var versionPath: String? {
        switch self {
        case .vllm, .trtllm: "/version"
        case .sglang: "/get_server_info"
        case .llamaServer: "/props"
        case .ollama, .unknown: "/api/version"
        case .drover: nil
        }
    }
}
