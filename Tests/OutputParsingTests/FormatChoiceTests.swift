import OutputParsing
import Testing

struct FormatChoiceTests {
    /// The format of each template that llama.cpp collects; nil where a template knows neither reasoning nor tools.
    static let expected: [String: String?] = [
        "Apertus-8B-Instruct.jinja": "apertus",
        "Apriel-1.6-15b-Thinker-fixed.jinja": "apriel",
        "Bielik-11B-v3.0-Instruct.jinja": "hermes",
        "ByteDance-Seed-OSS.jinja": "seed-oss",
        "Cohere2MoE.jinja": "command",
        "CohereForAI-c4ai-command-r-plus-tool_use.jinja": "command-r",
        "CohereForAI-c4ai-command-r7b-12-2024-tool_use.jinja": "command",
        "GLM-4.6.jinja": "glm",
        "GLM-4.7-Flash.jinja": "glm",
        "GigaChat3-10B-A1.8B.jinja": "gigachat-3",
        "GigaChat3.1-10B-A1.8B.jinja": "gigachat-3.1",
        "HuggingFaceTB-SmolLM3-3B.jinja": "think",
        "Kimi-K2-Instruct.jinja": "kimi-k2",
        "Kimi-K2-Thinking.jinja": "kimi-k2",
        "Kimi-K3.jinja": "kimi-k3",
        "LFM2-8B-A1B.jinja": "lfm2",
        "LFM2.5-8B-A1B.jinja": "lfm2",
        "LFM2.5-Instruct.jinja": "lfm2",
        "MiMo-VL.jinja": "hermes",
        "MiniMax-M1.jinja": "tool-calls",
        "MiniMax-M2.jinja": "minimax-m2",
        "MiniMax-M3.jinja": "minimax-m3",
        "Mistral-Small-3.2-24B-Instruct-2506.jinja": "mistral",
        "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16.jinja": "qwen3-coder",
        "NVIDIA-Nemotron-Nano-v2.jinja": "nemotron",
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use.jinja": "hermes",
        "NousResearch-Hermes-3-Llama-3.1-8B-tool_use.jinja": "hermes",
        "Qwen-QwQ-32B.jinja": "hermes",
        "Qwen-Qwen2.5-7B-Instruct.jinja": "hermes",
        "Qwen-Qwen3-0.6B.jinja": "hermes",
        "Qwen3-Coder.jinja": "qwen3-coder",
        "Qwen3.5-4B.jinja": "qwen3-coder",
        "Reka-Edge.jinja": "hermes",
        "Spark2.5.jinja": "glm",
        "StepFun3.5-Flash.jinja": "qwen3-coder",
        "deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja": "deepseek-v3",
        "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja": "deepseek-v3",
        "deepseek-ai-DeepSeek-V3.1.jinja": "deepseek-v3.1",
        "deepseek-ai-DeepSeek-V3.2.jinja": "deepseek-v3.2",
        "deepseek-ai-DeepSeek-V4-Flash-0731.jinja": "deepseek-v4",
        "deepseek-ai-DeepSeek-V4.jinja": "deepseek-v4",
        "fireworks-ai-llama-3-firefunction-v2.jinja": "firefunction",
        "google-gemma-2-2b-it.jinja": nil,
        "google-gemma-4-31B-it-interleaved.jinja": "gemma",
        "google-gemma-4-31B-it.jinja": "gemma",
        "ibm-granite-granite-3.3-2B-Instruct.jinja": "granite-3",
        "ibm-granite-granite-4.0.jinja": "hermes",
        "ibm-granite-granite-4.1.jinja": "hermes",
        "inclusionai-ling-3.0-flash.jinja": "glm",
        "llama-cpp-deepseek-r1.jinja": "deepseek-v3",
        "llama-cpp-rwkv-world.jinja": "think",
        "meetkai-functionary-medium-v3.1.jinja": "functionary-v3.1",
        "meetkai-functionary-medium-v3.2.jinja": "functionary-v3.2",
        "meta-llama-Llama-3.1-8B-Instruct.jinja": "llama3-json",
        "meta-llama-Llama-3.2-3B-Instruct.jinja": "llama3-json",
        "meta-llama-Llama-3.3-70B-Instruct.jinja": "llama3-json",
        "microsoft-Phi-3.5-mini-instruct.jinja": nil,
        "mistralai-Ministral-3-14B-Reasoning-2512.jinja": "mistral",
        "mistralai-Mistral-Nemo-Instruct-2407.jinja": "mistral-v3",
        "moonshotai-Kimi-K2.jinja": "kimi-k2",
        "muse-glimmer.jinja": "muse",
        "openai-gpt-oss-120b.jinja": "harmony",
        "openbmb-MiniCPM5-1B.jinja": "minicpm5",
        "poolside-Laguna-S-2.1.jinja": "glm",
        "poolside-Laguna-XS-2.1.jinja": "glm",
        "poolside-Laguna-XS.2.jinja": "glm",
        "tencent-Hy3.jinja": "hunyuan-3",
        "unsloth-Apriel-1.5.jinja": "apriel",
        "unsloth-mistral-Devstral-Small-2507.jinja": "mistral",
        "upstage-Solar-Open-100B.jinja": "solar-open",
    ]

    @Test(.enabled(if: Templates.areThere, "run scripts/setup first: it unpacks the templates"))
    func recognisesEveryTemplateByItsText() throws {
        let names = try Templates.names()
        #expect(Set(names) == Set(Self.expected.keys))
        for file in names {
            let format = OutputFormat.choose(template: try Templates.source(file), modelName: nil, architecture: nil)
            #expect(format?.name == Self.expected[file] ?? nil, "\(file)")
        }
    }

    /// Names tell the format where there is no template, or one that tells nothing.
    @Test(arguments: [
        ("Qwen/Qwen3-8B", "hermes"), ("Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3-coder"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3-json"), ("meta-llama/Llama-4-Scout", "llama4"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "deepseek-v3"), ("deepseek-ai/DeepSeek-V3.1", "deepseek-v3.1"),
        ("openai/gpt-oss-20b", "harmony"), ("Salesforce/Llama-xLAM-2-8b-fc-r", "xlam"),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", nil), ("google/gemma-2-2b-it", nil),
    ])
    func fallsBackToTheModelsName(_ model: String, _ expected: String?) {
        for template in [nil, "{{ messages }}"] {
            let format = OutputFormat.choose(template: template, modelName: model, architecture: nil)
            #expect(format?.name == expected, "\(model)")
        }
    }

    @Test func prefersTheTemplateToTheName() {
        let format = OutputFormat.choose(
            template: "<|tool_calls_section_begin|>", modelName: "Qwen3-8B", architecture: "qwen3")
        #expect(format?.name == "kimi-k2")
    }

    @Test func namesAreUniqueAndFound() {
        #expect(Set(OutputFormat.all.map(\.name)).count == OutputFormat.all.count)
        for format in OutputFormat.all { #expect(OutputFormat.named(format.name) == format) }
        #expect(OutputFormat.named("unheard-of") == nil)
    }

    @Test func listsItsControlTokens() {
        let markers = OutputFormat.named("harmony")?.markers.map { String(decoding: $0, as: UTF8.self) } ?? []
        #expect(
            Set(markers) == [
                "<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|call|>", "<|return|>",
            ])
    }
}
