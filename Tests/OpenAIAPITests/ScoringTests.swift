import OpenAIAPI
import ServingModel
import Testing

struct ScoringTests {
    private static func score(_ body: String) throws(APIError) -> ScoreRequest {
        try ScoreRequest.decode(Array(body.utf8))
    }

    private static func rerank(_ body: String) throws(APIError) -> RerankRequest {
        try RerankRequest.decode(Array(body.utf8))
    }

    private static func vectors(_ values: [Float]...) -> [EmbeddingVector] { values.map(EmbeddingVector.init) }

    @Test(arguments: [("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2")])
    func takesEveryNameOfTheTwoSides(_ first: String, _ second: String) throws {
        let request = try Self.score(#"{"model":"m","\#(first)":"a","\#(second)":["b","c"]}"#)
        #expect(request.model == ModelID("m"))
        #expect(request.texts == ["a"])
        #expect(request.others == ["b", "c"])
        #expect(request.inputs == ["a", "b", "c"])
    }

    @Test(arguments: [
        (#"{"text_1":"a"}"#, "text_2", "Missing required parameter: 'text_2'."),
        (#"{"documents":"a"}"#, "queries", "Missing required parameter: 'queries'."),
        (#"{}"#, "text_1", "Missing required parameter: 'text_1'."),
        (
            #"{"text_1":"a","documents":"b"}"#, "documents",
            "Invalid 'documents': it cannot be given together with 'text_1'."
        ),
        (
            #"{"queries":"a","documents":"b","items":"c"}"#, "items",
            "Invalid 'items': it cannot be given together with 'queries'."
        ),
        (
            #"{"text_1":["a","b"],"text_2":["c","d","e"]}"#, "text_2",
            "Invalid 'text_2': there are 3 for 2 of 'text_1', which must be as many or one."
        ),
        (
            #"{"text_1":["a","b"],"text_2":"c"}"#, "text_2",
            "Invalid 'text_2': there are 1 for 2 of 'text_1', which must be as many or one."
        ),
        (#"{"text_1":[],"text_2":"c"}"#, "text_1", "Invalid 'text_1': expected 1 to 2048 texts, but got 0 instead."),
        (
            #"{"text_1":[1],"text_2":"c"}"#, "text_1[0]",
            "Invalid type for 'text_1[0]': expected a string, but got an integer instead."
        ),
        (
            #"{"text_1":[{"text":"a"}],"text_2":"c"}"#, "text_1[0].text",
            "Unrecognized request argument supplied: text_1[0].text"
        ),
        (
            #"{"query":"a","items":"c","label_token_ids":[1]}"#, "query",
            "Unsupported parameter: 'query': SGLang's scores of labels are not offered; use `queries`."
        ),
    ])
    func refusesScores(_ body: String, _ param: String, _ message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.score(body) }
        #expect(error.message == message)
        #expect(error.param == param)
    }

    @Test func scoresPairs() throws {
        let one = try Self.score(#"{"text_1":"a","text_2":["b","c"]}"#)
        #expect(try one.scores(Self.vectors([1, 0], [0, 2], [-3, 0])) == [0, -1])
        let two = try Self.score(#"{"text_1":["a","b"],"text_2":["c","d"]}"#)
        #expect(try two.scores(Self.vectors([1, 0], [0, 1], [1, 0], [1, 0])) == [1, 0])
        #expect(throws: APIError.serverError) { try two.scores(Self.vectors([1], [1], [1])) }
        #expect(throws: APIError.serverError) { try one.scores(Self.vectors([1], [1], [1, 2])) }
    }

    @Test func writesScores() {
        var bytes: [UInt8] = []
        ScoreResponse(id: "score-1", created: 5, model: ModelID("m"), scores: [0.5, -1], promptTokens: 1234)
            .append(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"id":"score-1","object":"list","created":5,"model":"m","data":["#
                + #"{"index":0,"object":"score","score":0.5},{"index":1,"object":"score","score":-1.0}],"#
                + #""usage":{"prompt_tokens":1234,"total_tokens":1234}}"#)
    }

    @Test func ranksDocuments() throws {
        let request = try Self.rerank(
            #"{"model":"m","query":"q","documents":["a",{"text":"b"},"c"],"top_n":2,"max_tokens_per_doc":0}"#)
        #expect(request.inputs == ["q", "a", "b", "c"])
        let results = try request.ranking(Self.vectors([1, 0], [0, 1], [1, 0], [1, 1]))
        #expect(results.map(\.index) == [1, 2])
        #expect(results.map(\.text) == ["b", "c"])
        var bytes: [UInt8] = []
        RerankResponse(
            id: "rerank-1", model: ModelID("m"), results: [results[0]], promptTokens: 4
        ).append(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"id":"rerank-1","model":"m","usage":{"prompt_tokens":4,"total_tokens":4},"#
                + #""results":[{"index":1,"document":{"text":"b"},"relevance_score":1.0}]}"#)
    }

    @Test func keepsTheOrderOfEquals() throws {
        let request = try Self.rerank(
            #"{"query":"q","documents":["a","b","c","d"],"top_n":9,"return_documents":false}"#)
        let results = try request.ranking(Self.vectors([1], [.nan], [2], [-1], [3]))
        #expect(results.map(\.index) == [1, 3, 2, 0])
        #expect(results.allSatisfy { $0.text == nil })
        var bytes: [UInt8] = []
        RerankResponse(id: "r", model: ModelID("m"), results: Array(results.suffix(1)), promptTokens: 4)
            .append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#"[{"index":0,"relevance_score":null}]"#))
    }

    @Test(arguments: [
        (#"{"documents":["a"]}"#, "query"), (#"{"query":"","documents":["a"]}"#, "query"),
        (#"{"query":"q"}"#, "documents"), (#"{"query":"q","documents":[{"title":"a"}]}"#, "documents[0].title"),
        (#"{"query":"q","documents":[{}]}"#, "documents[0].text"),
        (#"{"query":"q","documents":["a",""]}"#, "documents[1]"),
        (#"{"query":"q","documents":["a"],"top_n":-1}"#, "top_n"),
        (#"{"query":["q"],"documents":["a"]}"#, "query"),
    ])
    func refusesRankings(_ body: String, _ param: String) throws {
        let error = try #require(throws: APIError.self) { try Self.rerank(body) }
        #expect(error.param == param)
        #expect(error.status == 400)
    }
}
