import JSONBytes

extension FieldTable {
    static let embeddingFields: [Field] =
        [
            modelField,
            Field(
                "input",
                .honoured(
                    "required; a string, an array of token ids, or an array of at most \(limits.embeddedInputs) strings "
                        + "or arrays of token ids; none of them empty")),
            Field(
                "encoding_format",
                .honoured("`float`, the default, or `base64`: of 32-bit numbers, the lowest byte first")),
            Field(
                "dimensions",
                .honoured(
                    "1 to what the model has, the default; the beginning of the vector, scaled to length 1, which is an "
                        + "embedding only of models that were trained for it"),
                tokenEngines(.emulated("cut off and scaled"))),
            Field("add_special_tokens", .honoured("boolean, default true; whether text gets the tokenizer's own")),
            userField,
            Field("embed_dtype", .refused("vectors are sent as 32-bit numbers", unless: ["float32"])),
            Field("endianness", .refused("the lowest byte comes first", unless: ["little", "native"])),
            Field("messages", .refused("inputs are texts or tokens; render a conversation to `input`")),
            Field("add_generation_prompt", .refused("it is for `messages`", unless: [false])),
            Field("continue_final_message", .refused("it is for `messages`", unless: [false])),
            Field("chat_template", .refused("it is for `messages`")),
            Field("chat_template_kwargs", .refused("it is for `messages`", unless: [[:]])),
            Field("media_io_kwargs", .refused("models take text only")),
        ] + refusedPoolingFields

    static let scoreFields: [Field] =
        [
            optionalModelField,
            Field("text_1", .honoured(firstScored)),
            Field("text_2", .honoured(secondScored)),
            Field("queries", .honoured("another name of `text_1`")),
            Field("documents", .honoured("another name of `text_2`")),
            Field("items", .honoured("another name of `text_2`")),
            Field("data_1", .honoured("another name of `text_1`")),
            Field("data_2", .honoured("another name of `text_2`")),
            userField,
            Field("query", .refused("SGLang's scores of labels are not offered; use `queries`")),
            Field("label_token_ids", .refused("SGLang's scores of labels are not offered")),
            Field("apply_softmax", .refused("scores are cosines", unless: [false])),
            Field("item_first", .refused("scores are cosines, whose sides are alike", unless: [false])),
        ] + refusedScoringFields + refusedPoolingFields

    static let rerankFields: [Field] =
        [
            optionalModelField,
            Field("query", .honoured("required; a string that is not empty")),
            Field(
                "documents",
                .honoured(
                    "required; a string, or an array of 1 to \(limits.embeddedInputs) strings or objects with `text`")
            ),
            Field("documents[].text", .honoured("required; a string that is not empty")),
            Field("top_n", .honoured("how many of the best to return; 0, the default, returns all")),
            Field("return_documents", .honoured("boolean, default true; whether results have the documents")),
            userField,
            Field("rank_fields", .refused("documents are ranked by `text`", unless: [["text"]])),
            Field("max_chunks_per_doc", .refused("documents are not cut up")),
            Field("instruct", .refused("write it into `query`")),
        ] + refusedScoringFields + refusedPoolingFields

    private static let firstScored =
        "required; a string, or an array of 1 to \(limits.embeddedInputs), none empty; one is compared with all of "
        + "`text_2`"
    private static let secondScored =
        "required; a string, or an array of 1 to \(limits.embeddedInputs), none empty; as many as `text_1`, if that has "
        + "more than one"

    private static let refusedScoringFields: [Field] = [
        Field("max_tokens_per_query", .refused("texts are never truncated", unless: [0])),
        Field("max_tokens_per_doc", .refused("texts are never truncated", unless: [0])),
        Field("instruction", .refused("write it into the texts")),
        Field("chat_template_kwargs", .refused("texts are embedded as they are", unless: [[:]])),
    ]

    /// Fields that vLLM's servers have wherever they embed.
    private static let refusedPoolingFields: [Field] = [
        Field("truncate_prompt_tokens", .refused("texts are never truncated")),
        Field("truncation_side", .refused("texts are never truncated")),
        Field("padding", .refused("texts are never padded", unless: ["do_not_pad"])),
        Field("use_activation", .refused("the model's own is used", unless: [true])),
        Field("normalize", .refused("the model's own is used", unless: [true])),
        Field("priority", .refused("requests have no priority", unless: [0])),
        Field("request_id", .refused("the server names requests itself")),
        Field("cache_salt", .refused("cached prompts are not salted")),
        Field("mm_processor_kwargs", .refused("models take text only")),
    ]
}
