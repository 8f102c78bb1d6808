import JSONBytes
import OpenAIAPI
import ServingModel
import Testing

struct RequestPeekTests {
    private static func peek(_ body: String) -> RequestPeek? { RequestPeek(Array(body.utf8)) }

    @Test(
        arguments: [
            (#"{"model":"m","stream":true}"#, "m", true),
            (#" { "messages" : [{"model":"x","stream":true}] , "model" : "m" } "#, "m", false),
            (#"{"model":"a","model":"b"}"#, "b", false),
            (#"{"model":"a","model":null}"#, nil, false),
            (#"{"model":"a","model":7}"#, nil, false),
            (#"{"model":""}"#, nil, false),
            (#"{"stream":true,"stream":false,"model":"m"}"#, "m", false),
            (#"{"stream":"true","model":"m"}"#, "m", false),
            (#"{"prompt":"\"model\":\"x\",","model":"m"}"#, "m", false),
            (#"{"m\u006fdel":"m\u0061\n","str\u0065am":true}"#, "ma\n", true),
            (#"{"modeL":"x"}"#, nil, false),
            (#"{"a\\":1,"model":"é😀"}"#, "é😀", false),
            ("{}", nil, false),
        ] as [(String, String?, Bool)])
    func findsTheTopLevel(_ body: String, _ model: String?, _ streams: Bool) throws {
        let peek = try #require(Self.peek(body))
        #expect(peek.model?.rawValue == model)
        #expect(peek.streams == streams)
    }

    @Test(arguments: [
        "", " ", "[]", #""model""#, "{", #"{"model"}"#, #"{"model":"m",}"#, #"{"model":"m"}x"#, #"{,"model":"m"}"#,
        #"{"model":"m" "a":1}"#, #"{"a":01,"model":"m"}"#, #"{"a":"\x","model":"m"}"#, #"{"a":"\u12g4"}"#,
        #"{"a":tru}"#, #"{"a":-}"#, #"{"a":1.}"#, #"{"a":1e}"#, "{\"a\":\"\u{1}\"}", #"{"a":[1,]}"#, #"{"a":[1}"#,
        String(repeating: #"{"a":"#, count: 65) + "1" + String(repeating: "}", count: 65),
    ])
    func leavesFaultsToTheDecoder(_ body: String) {
        #expect(Self.peek(body) == nil)
        #expect(!Self.readerTakes(Array(body.utf8)))
    }

    @Test func refusesInvalidUTF8() {
        for bad: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]] {
            #expect(RequestPeek(Array(#"{"model":"m","a":""#.utf8) + bad + Array(#""}"#.utf8)) == nil)
        }
    }

    @Test func takesTheDeepestThatTheDecoderTakes() {
        let body = String(repeating: #"{"a":"#, count: 63) + "[]" + String(repeating: "}", count: 63)
        #expect(Self.peek(body) != nil)
        #expect(Self.readerTakes(Array(body.utf8)))
    }

    // MARK: Against the reader

    private static let bodies = [
        #"{"model":"m-1","messages":[{"role":"user","content":"Say \"hi\"\né😀 \ud83d\ude00 \u00e9"}],"stream":true,"#
            + #""stream_options":{"include_usage":true},"temperature":-0.5e-2,"n":1,"stop":null}"#,
        #" {"prompt" : [ 1 , 22, 333 ], "model":"a" ,"model" : "b\/c", "stream" : false , "x":{"model":[{}]} } "#,
        #"{"input":["a long text without any escape in it at all","another"],"model":"embed","dimensions":256}"#,
    ].map { Array($0.utf8) }

    @Test func agreesWithTheReaderOnEveryTruncation() {
        for body in Self.bodies {
            for length in 0...body.count { Self.compare(Array(body[..<length])) }
        }
    }

    @Test(arguments: 0..<16)
    func agreesWithTheReaderOnMutations(_ seed: UInt64) {
        var generator = SplitMix(seed: seed)
        for _ in 0..<400 {
            var body = Self.bodies[Int.random(in: 0..<Self.bodies.count, using: &generator)]
            BodyMutations.mutate(&body, using: &generator)
            Self.compare(body)
        }
    }

    /// The body as a reader sees it; nil if it is no object.
    private static func object(_ body: [UInt8]) -> JSONObject? {
        var reader = JSONReader(body, depthLimit: RequestLimits().nestingDepth)
        guard case .object(let object)? = try? reader.readValue(), (try? reader.finish()) != nil else { return nil }
        return object
    }

    private static func readerTakes(_ body: [UInt8]) -> Bool { object(body) != nil }

    private static func compare(_ body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        let peek = RequestPeek(body)
        guard let object = object(body) else {
            #expect(peek == nil, "\(text)")
            return
        }
        var model: String?
        if case .string(let name)? = object["model"], !name.isEmpty { model = name }
        #expect(peek != nil, "\(text)")
        #expect(peek?.model?.rawValue == model, "\(text)")
        #expect(peek?.streams == (object["stream"] == true), "\(text)")
    }
}
