import FoundationEssentials
import JSONBytes
import OpenAIAPI
import ServingModel
import Testing

struct EmbeddingsTests {
    private static func decode(_ members: String) throws(APIError) -> EmbeddingsRequest {
        try EmbeddingsRequest.decode(Array((#"{"model":"m""# + members + "}").utf8))
    }

    private static func body(
        _ vectors: [[Float]], _ members: String, promptTokens: Int = 3
    ) throws -> String {
        let request = try decode(#","input":"a""# + members)
        var bytes: [UInt8] = []
        try EmbeddingsResponse(vectors.map(EmbeddingVector.init), to: request, promptTokens: promptTokens)
            .append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let inputCases: [(String, [PromptInput])] = [
        (#""a""#, [.text("a")]),
        (#"["a","b"]"#, [.text("a"), .text("b")]),
        ("[1,2]", [.tokens([TokenID(1), TokenID(2)])]),
        ("[[1],[2,3]]", [.tokens([TokenID(1)]), .tokens([TokenID(2), TokenID(3)])]),
    ]

    @Test(arguments: inputCases)
    func decodesInputs(_ input: String, _ expected: [PromptInput]) throws {
        #expect(try Self.decode(#","input":"# + input).inputs == expected)
    }

    @Test func decodesWhatThePythonClientSends() throws {
        let request = try Self.decode(
            #","input":"a","encoding_format":"base64","dimensions":256,"user":"u","use_activation":null"#)
        #expect(request.encoding == .base64)
        #expect(request.dimensions == 256)
        #expect(request.addsSpecialTokens)
        let plain = try Self.decode(#","input":"a","add_special_tokens":false"#)
        #expect(plain.encoding == .float && plain.dimensions == nil && !plain.addsSpecialTokens)
    }

    @Test(arguments: [
        ("", "input", "Missing required parameter: 'input'."),
        (#","input":[]"#, "input", "Invalid 'input': expected at least one input, but got an empty array instead."),
        (
            #","input":"""#, "input",
            "Invalid 'input': expected a string that is not empty, but got an empty string instead."
        ),
        (
            #","input":["a",""]"#, "input[1]",
            "Invalid 'input[1]': expected a string that is not empty, but got an empty string instead."
        ),
        (
            #","input":"a","encoding_format":"bytes""#, "encoding_format",
            #"Invalid 'encoding_format': expected "float" or "base64", but got "bytes" instead."#
        ),
        (
            #","input":"a","dimensions":0"#, "dimensions",
            "Invalid 'dimensions': expected an integer from 1 to 65536, but got 0 instead."
        ),
        (
            #","input":"a","truncate_prompt_tokens":-1"#, "truncate_prompt_tokens",
            "Unsupported parameter: 'truncate_prompt_tokens': texts are never truncated."
        ),
    ])
    func refuses(_ members: String, _ param: String, _ message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.decode(members) }
        #expect(error.message == message)
        #expect(error.param == param)
        #expect(error.status == 400)
    }

    @Test func boundsTheInputs() throws {
        let many = #","input":["# + Array(repeating: #""a""#, count: 2049).joined(separator: ",") + "]"
        let error = try #require(throws: APIError.self) { try Self.decode(many) }
        #expect(error.message == "Invalid 'input': expected at most 2048 inputs, but got 2049 instead.")
    }

    @Test func writesNumbers() throws {
        #expect(
            try Self.body([[1, -0.5, 1e-7], [.nan, 0.1, 3]], "")
                == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0,-0.5,1e-07]},"#
                + #"{"object":"embedding","index":1,"embedding":[null,0.1,3.0]}],"model":"m","#
                + #""usage":{"prompt_tokens":3,"total_tokens":3}}"#)
    }

    @Test func writesNumbersThatReadBackTheSame() throws {
        var generator = SplitMix(seed: 7)
        let values = (0..<2000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
            .filter(\.isFinite)
        let body = try JSONValue(parsing: Array(try Self.body([values], "").utf8))
        let numbers = try #require(body.member("data")?.elements.first?.member("embedding")?.elements)
        #expect(numbers.count == values.count)
        for (number, value) in zip(numbers, values) {
            guard case .double(let double) = number else { throw Unexpected() }
            #expect(Float(double).bitPattern == value.bitPattern)
        }
    }

    private struct Unexpected: Error {}

    @Test func writesBase64() throws {
        #expect(try Self.body([[1, -2]], #","encoding_format":"base64""#).contains(#""embedding":"AACAPwAAAMA=""#))
        #expect(try Self.body([[1]], #","encoding_format":"base64""#).contains(#""embedding":"AACAPw==""#))
        #expect(try Self.body([[]], #","encoding_format":"base64""#).contains(#""embedding":"""#))
        var generator = SplitMix(seed: 3)
        for count in 1..<40 {
            let values = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
            let expected = values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0).base64EncodedString() }
            #expect(try Self.body([values], #","encoding_format":"base64""#).contains("\"" + expected + "\""))
        }
    }

    @Test func shortensToTheDimensionsThatWereAskedFor() throws {
        #expect(try Self.body([[3, 4, 12]], #","dimensions":2"#).contains("[0.6,0.8]"))
        let error = try #require(throws: APIError.self) { _ = try Self.body([[3, 4]], #","dimensions":3"#) }
        #expect(error.message == "Invalid 'dimensions': it is 3, and this model has 2.")
    }
}
