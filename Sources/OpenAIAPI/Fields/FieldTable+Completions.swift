import JSONBytes

extension FieldTable {
    static let completionFields: [Field] =
        [
            Field(
                "prompt",
                .honoured(
                    "required; a string, an array of token ids, or an array of strings or of arrays of token ids; "
                        + "at most \(limits.sequences) sequences (prompts times `n`)"))
        ] + generationFields + [
            Field(
                "max_tokens", .honoured("at least 0, default 16"),
                remoteTokenEngines(.emulated("0 by dropping the token that is generated"))),
            Field(
                "logprobs",
                .honoured("0 to \(limits.topLogprobs): how many of the likeliest tokens to report beside each token"),
                logprobsByEngine),
            Field("echo", .honoured("boolean, default false; the text then begins with the prompt")),
            Field("best_of", .honoured("accepted if equal to `n`: nothing is generated to be thrown away")),
            Field("add_special_tokens", .honoured("boolean, default true")),
            Field(
                "suffix",
                .honoured(
                    "the text that follows what is generated, for models with fill-in-the-middle tokens; others "
                        + "answer 400; not with `echo`")),
            Field("prompt_embeds", .refused("prompts are text or tokens")),
        ] + refusedGenerationFields
}
