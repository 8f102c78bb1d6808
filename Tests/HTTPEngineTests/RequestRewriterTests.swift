import HTTPEngine
import JSONBytes
import Testing

struct RequestRewriterTests {
    private func rewrite(
        _ text: String, model: String? = nil, asksForUsage: Bool = true
    ) throws -> RequestRewriter.Rewritten {
        try RequestRewriter(model: model, asksForUsage: asksForUsage).rewrite(Array(text.utf8))
    }

    private func text(_ body: [UInt8]) -> String { String(decoding: body, as: UTF8.self) }

    @Test(arguments: [
        (
            #"{"model":"a","stream":true}"#, #"{"stream_options":{"include_usage":true},"model":"a","stream":true}"#,
            true
        ),
        (
            #"{"stream":true,"stream_options":{}}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#, true
        ),
        (
            #"{"stream_options": { "x": 1 },"stream":true}"#,
            #"{"stream_options": {"include_usage":true, "x": 1 },"stream":true}"#, true
        ),
        (
            #"{"stream_options":{"include_usage" : false , "x":{}},"stream":true}"#,
            #"{"stream_options":{"include_usage" : true , "x":{}},"stream":true}"#, true
        ),
        (
            #"{"stream_options": null,"stream":true}"#,
            #"{"stream_options": {"include_usage":true},"stream":true}"#, true
        ),
        (
            #"{"stream":true,"stream_options":{"include_usage":true}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true}}"#, false
        ),
        (
            #"{"stream":true,"stream_options":7}"#, #"{"stream":true,"stream_options":7}"#, true
        ),
    ])
    func asksForUsage(body: String, expected: String, hides: Bool) throws {
        let rewritten = try rewrite(body)
        #expect(text(rewritten.body) == expected)
        #expect(rewritten.hidesUsage == hides)
        #expect(rewritten.isStreamed)
    }

    @Test(arguments: [
        #"{"model":"a"}"#, #"{"stream":false,"stream_options":{"include_usage":false}}"#, #"{"stream":null}"#, "{ }",
    ])
    func leavesWholeAnswersAlone(body: String) throws {
        let rewritten = try rewrite(body)
        #expect(text(rewritten.body) == body)
        #expect(!rewritten.isStreamed && !rewritten.hidesUsage)
    }

    @Test func leavesOtherRequestsAlone() throws {
        let body = #"{"input":"x","stream":true}"#
        let rewritten = try rewrite(body, asksForUsage: false)
        #expect(text(rewritten.body) == body)
        #expect(rewritten.isStreamed && !rewritten.hidesUsage)
    }

    @Test(arguments: [
        (#"{"model":"a","messages":[{"model":"a"}]}"#, #"{"model":"b\"/c","messages":[{"model":"a"}]}"#),
        (#"{ "x" : 1.50 , "mod\u0065l" : "a" }"#, #"{ "x" : 1.50 , "mod\u0065l" : "b\"/c" }"#),
        (#"{"model":"a","é":"\ud83d","model":null}"#, #"{"model":"b\"/c","é":"\ud83d","model":"b\"/c"}"#),
        (#"{"x":1}"#, #"{"model":"b\"/c","x":1}"#), ("{}", #"{"model":"b\"/c"}"#),
    ])
    func replacesTheModel(body: String, expected: String) throws {
        #expect(text(try rewrite(body, model: #"b"/c"#).body) == expected)
    }

    @Test func doesBothAtOnce() throws {
        let rewritten = try rewrite(#" {"stream":true,"model":"a","stream_options":{"x":2},"n":1} "#, model: "longer")
        #expect(
            text(rewritten.body)
                == #" {"stream":true,"model":"longer","stream_options":{"include_usage":true,"x":2},"n":1} "#)
        let added = try rewrite(#"{"stream":true}"#, model: "b")
        #expect(text(added.body) == #"{"model":"b","stream_options":{"include_usage":true},"stream":true}"#)
    }

    @Test(arguments: ["", "[]", "{", #"{"model":"a"} x"#, #"{"model":tru}"#])
    func refusesWhatIsNoObject(body: String) {
        #expect(throws: JSONError.self) { try rewrite(body) }
    }

    /// Whatever the members and their order, the result says what the request said, but for the two members.
    @Test func changesNothingElse() throws {
        let members = [
            #""messages":[{"role":"user","content":"a\\\"b"}]"#, #""stream":true"#, #""n" : 2"#, #""model":"a""#,
            #""stream_options":{"include_usage":false,"y":[{}]}"#, #""x":{"model":1,"stream":false}"#,
        ]
        for seed in UInt64(0)..<200 {
            var generator = SeededGenerator(seed: seed)
            let chosen = members.shuffled(using: &generator).prefix(Int.random(in: 0...6, using: &generator))
            let body = "{" + chosen.joined(separator: " , ") + "}"
            let rewritten = try rewrite(body, model: "m")
            guard case .object(var before) = try JSONValue(parsing: body),
                case .object(let after) = try JSONValue(parsing: rewritten.body)
            else {
                Issue.record("no object, seed \(seed)")
                continue
            }
            before["model"] = "m"
            if before["stream"] == true {
                if case .object(var options)? = before["stream_options"] {
                    options["include_usage"] = true
                    before["stream_options"] = .object(options)
                } else {
                    before["stream_options"] = ["include_usage": true]
                }
            }
            #expect(after == before, "seed \(seed)")
        }
    }
}
