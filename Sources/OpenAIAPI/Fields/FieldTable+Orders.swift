extension FieldTable {
    private static let addressees: [Field] = [
        Field("model", .honoured("string; only the workers of this model")),
        Field("worker", .honoured("string; only the worker with this address, as `--worker` gives it")),
    ]

    static let flushCacheFields: [Field] =
        addressees + [
            Field(
                "timeout",
                .honoured("number, 0 to \(limits.orderSeconds); seconds to wait for running requests to end, default 0")
            )
        ]

    static let startProfileFields: [Field] =
        addressees + [
            Field("output_dir", .honoured("string; a folder on the worker's machine")),
            Field("start_step", .honoured("integer of 0 or more; the engine's step to begin with")),
            Field("num_steps", .honoured("integer of 1 or more; steps after which it ends by itself")),
            Field("activities", .honoured("array of at most \(limits.profiledActivities) strings, such as `CPU`")),
            Field("with_stack", .honoured("boolean")),
            Field("record_shapes", .honoured("boolean")),
            Field("profile_by_stage", .honoured("boolean")),
        ]

    static let stopProfileFields = addressees
}
