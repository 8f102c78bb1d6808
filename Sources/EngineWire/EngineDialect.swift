package import ServingModel

/// A gRPC protocol that engines speak.
///
/// The hot path, which is requests and responses of `Generate`, goes through coders of our own; everything rare goes
/// through the messages in `Generated`, whose names begin with `VLLM`, `SGLang`, `TRTLLM` or, where they are the same
/// for all engines, `SMG`.
package enum EngineDialect: String, Sendable, CaseIterable {
    /// vLLM as `smg-grpc-servicer` serves it, and `drover worker`.
    case vllm
    /// SGLang as `smg-grpc-servicer` serves it.
    case sglang
    /// TensorRT-LLM's own gRPC server.
    case trtllm

    package var kind: EngineKind {
        switch self {
        case .vllm: .vllm
        case .sglang: .sglang
        case .trtllm: .trtllm
        }
    }

    /// The service's full name; its methods are `Generate`, `Abort` and so on in all dialects.
    package var service: String {
        switch self {
        case .vllm: "vllm.grpc.engine.VllmEngine"
        case .sglang: "sglang.grpc.scheduler.SglangScheduler"
        case .trtllm: "trtllm.TrtllmService"
        }
    }
}
