import JSONBytes

extension FieldTable {
    static let optionalModelField = Field("model", .honoured("the name of a served model; may be absent"))

    static let tokenizeFields: [Field] =
        [
            optionalModelField,
            Field("prompt", .honoured("a string; either this or `messages`")),
        ] + messageFields + [
            Field("add_special_tokens", .honoured("boolean; default true for `prompt`, false for `messages`")),
            Field("return_token_strs", .honoured("boolean, default false")),
            Field("add_generation_prompt", .honoured("boolean, default true; only with `messages`")),
            Field(
                "chat_template_kwargs",
                .honoured("object; its members are further variables of the chat template; only with `messages`")),
            Field("continue_final_message", .refused("a final message cannot be continued", unless: [false])),
            Field("chat_template", .refused("the model's own template is used")),
            Field("media_io_kwargs", .refused("models take and give text only")),
            Field("mm_processor_kwargs", .refused("models take and give text only")),
        ] + toolFields

    static let detokenizeFields: [Field] = [
        optionalModelField,
        Field("tokens", .honoured("required; an array of token ids")),
    ]
}
