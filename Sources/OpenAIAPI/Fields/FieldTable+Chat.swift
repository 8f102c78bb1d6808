import JSONBytes
import ServingModel

extension FieldTable {
    static let chatFields: [Field] = Array(
        [
            messageFields, generationFields, ownChatFields, toolFields, toolChoiceFields, reasoningFields,
            refusedChatFields, refusedGenerationFields,
        ].joined())

    private static let ownChatFields: [Field] = [
        Field("max_completion_tokens", .honoured("at least 1, default what the context leaves")),
        Field("max_tokens", .honoured("the older name of `max_completion_tokens`; both must be equal")),
        Field("logprobs", .honoured("boolean, default false"), [.sglang: sglangLogprobs]),
        Field("top_logprobs", .honoured("0 to \(limits.topLogprobs), only with `logprobs`"), logprobsByEngine),
        Field("chat_template_kwargs", .honoured("object; its members are further variables of the chat template")),
        Field("add_generation_prompt", .honoured("boolean, default true")),
        Field("metadata", .ignored("goes with stored responses, and none is stored")),
        Field("safety_identifier", .ignored("names no one that the server knows")),
        Field("prompt_cache_key", .ignored("every prompt's prefix is looked up in the cache")),
        Field("prompt_cache_options", .ignored("every prompt's prefix is looked up in the cache")),
        Field("prompt_cache_retention", .ignored("the cache keeps what it has room for")),
    ]

    /// The members of a message, as requests for chat completions and for tokenization have them.
    static let messageFields: [Field] = [
        Field("messages", .honoured("required; 1 to \(limits.messages) messages")),
        Field("messages[].role", .honoured("required; any role that the model's template knows")),
        Field(
            "messages[].content",
            .honoured("a string, or text parts, which are joined by line feeds; may be absent if `role` is `assistant`")
        ),
        Field("messages[].content[].type", .honoured("`text`")),
        Field("messages[].content[].text", .honoured("required; a string")),
        Field("messages[].name", .honoured("string, for the template")),
        Field("messages[].tool_calls", .honoured("array of the calls that an assistant made, for the template")),
        Field("messages[].tool_calls[].id", .honoured("string")),
        Field("messages[].tool_calls[].type", .honoured("`function`, which is the default")),
        Field("messages[].tool_calls[].function", .honoured("required; an object")),
        Field("messages[].tool_calls[].function.name", .honoured("required; a string")),
        Field(
            "messages[].tool_calls[].function.arguments",
            .honoured("JSON in a string, or an object; absent or empty, there are none")),
        Field("messages[].tool_calls[].index", .ignored("stands in streamed answers; the array has an order")),
        Field("messages[].tool_calls[].custom", .refused("tools are functions; describe the call in `function`")),
        Field("messages[].tool_call_id", .honoured("string, for the template")),
        Field("messages[].reasoning_content", .honoured("string, for the template")),
        Field("messages[].reasoning", .honoured("string; another name of `reasoning_content`")),
        Field("messages[].refusal", .honoured("string, for the template")),
        Field(
            "messages[].annotations", .ignored("stand in answers that clients send back, and say nothing to a model")),
        Field("messages[].audio", .refused("models take and give text only")),
        Field("messages[].function_call", .refused("use `tool_calls`")),
    ]

    private static let refusedChatFields: [Field] = [
        Field("modalities", .refused("models take and give text only", unless: [["text"]])),
        Field("audio", .refused("models take and give text only")),
        Field("media_io_kwargs", .refused("models take and give text only")),
        Field("mm_processor_kwargs", .refused("models take and give text only")),
        Field("prediction", .refused("predicted outputs are not offered")),
        Field("verbosity", .refused("say it in a message")),
        Field("web_search_options", .refused("the server searches nothing")),
        Field("moderation", .refused("the server moderates nothing")),
        Field("store", .refused("responses are not stored", unless: [false])),
        Field("service_tier", .refused("there is one tier", unless: ["auto", "default"])),
        Field("best_of", .refused("use `n`", unless: [1])),
        Field("echo", .refused("a chat's answer never repeats a message", unless: [false])),
        Field("continue_final_message", .refused("a final message cannot be continued", unless: [false])),
        Field("add_special_tokens", .refused("the chat template places special tokens", unless: [false])),
        Field("chat_template", .refused("the model's own template is used")),
        Field("return_prompt_text", .refused("use `/tokenize` and `/detokenize`", unless: [false])),
        Field("documents", .refused("set the template's own variable in `chat_template_kwargs`")),
    ]
}
