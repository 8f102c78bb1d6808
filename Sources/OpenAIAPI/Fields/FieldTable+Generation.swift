import JSONBytes
import ServingModel

extension FieldTable {
    /// Fields of requests that one served model answers.
    static let modelField = Field("model", .honoured("required; the name of a served model"))
    static let userField = Field("user", .ignored("names no one that the server knows"))

    /// What engines do where log-probabilities of several tokens are asked for.
    static let logprobsByEngine: [EngineKind: Support] = [
        .vllm: .approximated("of \(limits.topLogprobs), the last is missing beside a token that is none of them"),
        .sglang: sglangLogprobs,
    ]
    static let sglangLogprobs = Support.approximated(
        "after the temperature, unless the engine runs with `SGLANG_RETURN_ORIGINAL_LOGPROB`")

    /// Output that is held to a form.
    static let constrainedByEngine = remoteTokenEngines(.translated("a structural tag, as xgrammar has them"))

    /// Fields that chat completions and completions treat alike.
    static let generationFields: [Field] = [
        modelField,
        Field("stream", .honoured("boolean, default false")),
        Field("stream_options", .honoured("object, only with `stream`")),
        Field("stream_options.include_usage", .honoured("boolean; a last chunk then bears the usage")),
        Field(
            "stream_options.include_obfuscation",
            .refused("chunks are never padded", unless: [false])),
        Field(
            "stream_options.continuous_usage_stats",
            .refused("usage is only reported at the end", unless: [false])),
        Field(
            "n", .honoured("1 to \(limits.choices), default 1"),
            remoteTokenEngines(.emulated("with a `temperature` of 0 by handing out one choice as all of them"))),
        Field("temperature", .honoured("0 to 2, default 1 or the model's own; 0 takes the likeliest token")),
        Field("top_p", .honoured("greater than 0 and at most 1, default 1 or the model's own")),
        Field("top_k", .honoured("at least 1; 0 and -1 keep all tokens; default all or the model's own")),
        Field("min_p", .honoured("0 to 1, default 0 or the model's own")),
        Field("frequency_penalty", .honoured("-2 to 2, default 0")),
        Field("presence_penalty", .honoured("-2 to 2, default 0")),
        Field("repetition_penalty", .honoured("greater than 0 and at most 2, default 1 or the model's own")),
        Field(
            "seed",
            .honoured(
                "any 64-bit integer; the same seed gives the same choices for the same logits (a busy batch may change "
                    + "their low bits)"),
            [.vllm: .translated("folded to 31 bits; below 2³¹ as it is")]),
        Field(
            "logit_bias",
            .honoured("object from token ids, as strings, to -100 to 100; at most \(limits.biasedTokens)"),
            [.trtllm: .refused("its protocol has no bias of single tokens", unless: [[:]])]),
        Field(
            "stop", .honoured("a string, or up to \(limits.stopStrings) strings"),
            tokenEngines(.emulated("looked for in the text that its tokens come to"))),
        Field("stop_token_ids", .honoured("up to \(limits.stopTokens) token ids")),
        Field("min_tokens", .honoured("at least 0, at most the token limit; default 0")),
        Field("ignore_eos", .honoured("boolean, default false")),
        Field("response_format", .honoured("object")),
        Field(
            "response_format.type", .honoured("`text`, `json_object` or `json_schema`"),
            [
                .sglang: .translated("`json_object` as the schema of any object"),
                .trtllm: .translated("`json_object` as the schema of any object"),
            ]),
        Field("response_format.json_schema", .honoured("object, required by the type `json_schema`")),
        Field(
            "response_format.json_schema.name",
            .honoured("required; 1 to 64 letters, digits, `_` and `-`")),
        Field("response_format.json_schema.schema", .honoured("required; a JSON Schema, which is always enforced")),
        Field("response_format.json_schema.strict", .honoured("boolean; the schema is enforced in either case")),
        Field("response_format.json_schema.description", .ignored("for models that are told of their schema")),
        userField,
    ]

    /// Fields of vLLM's servers, in chat completions and completions, that change the output and are not offered.
    static let refusedGenerationFields: [Field] = [
        Field("use_beam_search", .refused("beam search is not offered", unless: [false])),
        Field("length_penalty", .refused("beam search is not offered", unless: [1, 1.0])),
        Field("watermarking", .refused("watermarks are not offered", unless: [false])),
        Field("include_stop_str_in_output", .refused("stop strings are always left out", unless: [false])),
        Field("skip_special_tokens", .refused("special tokens are always left out of text", unless: [true])),
        Field(
            "spaces_between_special_tokens",
            .refused("special tokens are always left out of text", unless: [true])),
        Field("truncate_prompt_tokens", .refused("prompts are never truncated")),
        Field("truncation_side", .refused("prompts are never truncated")),
        Field("prompt_logprobs", .refused("completions offer `echo` with `logprobs` for it")),
        Field("logprob_token_ids", .refused("log-probabilities are reported of the likeliest tokens only")),
        Field("allowed_token_ids", .refused("use `logit_bias` or `response_format`")),
        Field("bad_words", .refused("use `logit_bias`", unless: [[]])),
        Field("thinking_token_budget", .refused("reasoning is not budgeted")),
        Field("repetition_detection", .refused("repetition is not detected")),
        Field("structured_outputs", .refused("use `response_format`")),
        Field("guided_json", .refused("use `response_format` with the type `json_schema`")),
        Field("guided_regex", .refused("output cannot be held to a regular expression")),
        Field("guided_choice", .refused("use `response_format` with an `enum` in its schema")),
        Field("guided_grammar", .refused("output cannot be held to a grammar of the client")),
        Field("guided_decoding_backend", .refused("there is one backend")),
        Field("guided_whitespace_pattern", .refused("use `response_format`")),
        Field("priority", .refused("requests have no priority", unless: [0])),
        Field("request_id", .refused("the server names requests itself")),
        Field("session_id", .refused("the server keeps no sessions")),
        Field("cache_salt", .refused("cached prompts are not salted")),
        Field("return_token_ids", .refused("use `/tokenize`", unless: [false])),
        Field(
            "return_tokens_as_token_ids",
            .refused("tokens are reported as text and bytes", unless: [false])),
        Field("return_token_offsets", .refused("use `/tokenize`", unless: [false])),
        Field("routed_experts_prompt_start", .refused("experts are not reported", unless: [0])),
        Field("return_mm_kwargs", .refused("models take and give text only", unless: [true])),
        Field("stream_interval", .refused("chunks follow the engine's steps", unless: [1])),
        Field("kv_transfer_params", .refused("KV transfer is the server's own business")),
        Field("ec_transfer_params", .refused("KV transfer is the server's own business")),
        Field("vllm_xargs", .refused("there are no extensions to pass them to")),
    ]
}
