/// What Hugging Face's `config.json` calls a model whose architecture a GGUF file names.
///
/// The pairs are those of llama.cpp's converter where one architecture stands for one model there; other architectures
/// keep their name and have no class.
struct HuggingFaceNames {
    let modelType: String
    let architectures: [String]

    init(architecture: String) {
        guard let (type, name) = Self.known[architecture] else {
            modelType = architecture
            architectures = []
            return
        }
        modelType = type
        architectures = [name]
    }

    private static let known: [String: (type: String, name: String)] = [
        "llama": ("llama", "LlamaForCausalLM"),
        "qwen2": ("qwen2", "Qwen2ForCausalLM"),
        "qwen2moe": ("qwen2_moe", "Qwen2MoeForCausalLM"),
        "qwen3": ("qwen3", "Qwen3ForCausalLM"),
        "qwen3moe": ("qwen3_moe", "Qwen3MoeForCausalLM"),
        "gemma2": ("gemma2", "Gemma2ForCausalLM"),
        "gemma3": ("gemma3_text", "Gemma3ForCausalLM"),
        "phi3": ("phi3", "Phi3ForCausalLM"),
        "gpt-oss": ("gpt_oss", "GptOssForCausalLM"),
        "granite": ("granite", "GraniteForCausalLM"),
        "glm4": ("glm4", "Glm4ForCausalLM"),
        "olmo2": ("olmo2", "Olmo2ForCausalLM"),
        "smollm3": ("smollm3", "SmolLM3ForCausalLM"),
        "starcoder2": ("starcoder2", "Starcoder2ForCausalLM"),
        "command-r": ("cohere", "CohereForCausalLM"),
        "gpt2": ("gpt2", "GPT2LMHeadModel"),
    ]
}
