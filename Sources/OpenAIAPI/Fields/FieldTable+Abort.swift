import JSONBytes

extension FieldTable {
    static let abortFields: [Field] = [
        Field(
            "request_id", .honoured("the `id` of a response that is under way; exactly one of the three is required")),
        Field("request_ids", .honoured("an array of 1 to \(limits.abortedRequests) of them")),
        Field("rid", .honoured("another name of `request_id` or, if it is an array, of `request_ids`")),
        Field("abort_all", .refused("a client ends only requests that it can name", unless: [false])),
        Field("abort_message", .refused("a request that is ended gets no message")),
    ]
}
