import OpenAIAPI
import Testing

struct AbortRequestTests {
    private static func decode(_ body: String) throws(APIError) -> AbortRequest {
        try AbortRequest.decode(Array(body.utf8))
    }

    @Test(arguments: [
        (#"{"request_id":"chatcmpl-1"}"#, ["chatcmpl-1"]),
        (#"{"request_ids":["a","b","a"]}"#, ["a", "b"]),
        (#"{"rid":"a","abort_all":false}"#, ["a"]),
        (#"{"rid":["a"]}"#, ["a"]),
    ])
    func decodesNames(_ body: String, _ names: [String]) throws {
        #expect(try Self.decode(body).names == names)
    }

    @Test(arguments: [
        ("{}", "request_id", "Missing required parameter: 'request_id'."),
        (
            #"{"request_id":"a","rid":"b"}"#, "rid",
            "Invalid 'rid': it cannot be given together with 'request_id'."
        ),
        (
            #"{"request_id":["a"]}"#, "request_id",
            "Invalid type for 'request_id': expected a string, but got an array instead."
        ),
        (
            #"{"request_ids":"a"}"#, "request_ids",
            "Invalid type for 'request_ids': expected an array of strings, but got a string instead."
        ),
        (
            #"{"request_ids":[]}"#, "request_ids",
            "Invalid 'request_ids': expected 1 to 1024 names, but got 0 instead."
        ),
        (
            #"{"request_ids":["a",""]}"#, "request_ids[1]",
            "Invalid 'request_ids[1]': expected a string of 1 to 256 bytes, but got 0 bytes instead."
        ),
        (
            #"{"abort_all":true}"#, "abort_all",
            "Unsupported value: 'abort_all' can only be false here: a client ends only requests that it can name."
        ),
    ])
    func refuses(_ body: String, _ param: String, _ message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.decode(body) }
        #expect(error.message == message)
        #expect(error.param == param)
    }

    @Test func saysWhichWereFound() {
        var bytes: [UInt8] = []
        AbortResponse(aborted: ["a\"b"], notFound: []).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"aborted":["a\"b"],"not_found":[]}"#)
    }
}
