import AccessKeys
import Gateway
import InMemoryLogging
import JSONBytes
import Logging
import NIOHTTP1
import OpenAIAPI
import ServingTesting
import Testing

/// Who is let in, and what becomes of who is not, over both versions of HTTP.
struct AuthenticationTests {
    private let authenticator: CountingAuthenticator

    init() throws { authenticator = try CountingAuthenticator() }

    private func fixture(
        _ scripts: [Script] = [], limits: (inout GatewayConfiguration.Limits) -> Void = { _ in }
    ) -> GatewayFixture {
        GatewayFixture(scripts, authenticator: authenticator, limits: limits)
    }

    private static let bearer = "Authorization: Bearer \(CountingAuthenticator.userKey)\r\n"

    private func check(_ answer: HTTPAnswer, _ status: Int = 401, _ code: String = "invalid_api_key") throws {
        #expect(answer.status == status && answer.isWhole)
        let json = try answer.json
        #expect(json["error.type"] == .string("invalid_request_error") && json["error.code"] == .string(code))
        #expect(answer.fields["www-authenticate"] == (status == 401 ? #"Bearer realm="drover""# : nil))
        #expect(!answer.text.contains("long-key"))
    }

    // MARK: What is asked for

    @Test func whatIsServedNeedsAKey() throws {
        let requests = [
            HTTPRequests.chat(), HTTPRequests.completion(), HTTPRequests.get("/v1/models"),
            HTTPRequests.get("/v1/models/tiny"), HTTPRequests.post("/v1/embeddings", "{}"),
            HTTPRequests.post("/tokenize", "{}"), HTTPRequests.post("/v1/detokenize", "{}"),
            HTTPRequests.post("/v1/count", "{}"), HTTPRequests.post("/v1/render", "{}"),
            HTTPRequests.post("/v1/abort", "{}"), HTTPRequests.post("/score", "{}"),
            HTTPRequests.post("/v2/rerank", "{}"), HTTPRequests.get("/metrics"),
            HTTPRequests.post("/flush_cache", "{}"), HTTPRequests.post("/start_profile", "{}"),
            HTTPRequests.get("/no/such/path"), HTTPRequests.get("/v1/completions"),
        ]
        let fixture = fixture()
        for request in requests { try check(try fixture.answer(request)) }
        #expect(authenticator.questions == requests.count)
        #expect(fixture.engine.submissions.isEmpty)
        #expect(fixture.metric(#"drover_http_errors_total{status="401"}"#) == "\(requests.count)")
        #expect(fixture.log.entries.allSatisfy { !"\($0.metadata)".contains("long-key") })
    }

    @Test func probesNeedNone() throws {
        let fixture = fixture()
        for path in ["/health", "/readiness"] {
            #expect(try fixture.answer(HTTPRequests.get(path)).status == 200)
            #expect(try fixture.answer(HTTPRequests.get(path, fields: "Authorization: nonsense\r\n")).status == 200)
        }
        #expect(authenticator.questions == 0)
    }

    @Test func withoutAnAuthenticatorNothingChanges() throws {
        let fixture = GatewayFixture()
        #expect(try fixture.answer(HTTPRequests.get("/v1/models")).status == 200)
        #expect(try fixture.answer(HTTPRequests.chat(fields: "Authorization: nonsense\r\n")).status == 200)
    }

    @Test func eachKeyOpensWhatItIsFor() throws {
        let paths = ["/v1/models", "/metrics", "/flush_cache"]
        // What is ordered is refused behind the door.
        let opened = [
            CountingAuthenticator.userKey: [200, 403, 403], CountingAuthenticator.metricsKey: [403, 200, 403],
            CountingAuthenticator.adminKey: [200, 200, 400],
        ]
        for (key, statuses) in opened {
            for (path, status) in zip(paths, statuses) {
                let fields = "Authorization: Bearer \(key)\r\n"
                let isOrder = path == "/flush_cache"
                let answer = try fixture().answer(
                    isOrder ? HTTPRequests.post(path, "{", fields: fields) : HTTPRequests.get(path, fields: fields))
                if status == 403 { try check(answer, 403, "insufficient_permissions") }
                #expect(answer.status == status, "\(path)")
            }
        }
    }

    @Test func aRefusalIsLoggedWithTheNameOfWhoIsKnown() throws {
        let fixture = fixture()
        _ = try fixture.answer(HTTPRequests.get("/metrics", fields: Self.bearer))
        _ = try fixture.answer(HTTPRequests.get("/v1/nothing", fields: Self.bearer))
        _ = try fixture.answer(HTTPRequests.get("/v1/models"))
        #expect(fixture.log.entries.map { $0.metadata["client"] } == ["alice", "alice", nil])
    }

    @Test func whoCameBeforeOnAConnectionIsNotNamedAgain() throws {
        let fixture = fixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/v1/models", fields: Self.bearer))
        client.send("GARBAGE\r\n\r\n")
        fixture.settle()
        #expect(try client.answers().map(\.status) == [200, 400])
        #expect(fixture.log.entries.map { $0.metadata["client"] } == [nil])
    }

    // MARK: How it is said

    @Test(arguments: [
        "Authorization: Bearer the-users-long-key", "authorization: bearer the-users-long-key",
        "AUTHORIZATION: BEARER    the-users-long-key  ", "Authorization:\tBearer\tthe-users-long-key",
        "x-api-key: the-users-long-key", "X-API-Key:   the-users-long-key",
        "Authorization: Bearer the-users-long-key\r\nx-api-key: the-users-long-key",
    ])
    func takesAKeyInEveryForm(_ fields: String) throws {
        let answer = try fixture().answer(HTTPRequests.get("/v1/models", fields: fields + "\r\n"))
        #expect(answer.status == 200)
    }

    @Test(arguments: [
        "Authorization: Bearer the-wrong-long-key", "Authorization: Bearer", "Authorization: Bearer ", "Authorization:",
        "Authorization: the-users-long-key", "Authorization: Bearerthe-users-long-key",
        "Authorization: Basic dXNlcjpwYXNz", "Authorization: Bearer the-users-long-key x",
        "Authorization: Bearer the-users-long-key, Bearer the-users-long-key",
        "Authorization: Bearer=the-users-long-key", "Authorization: Bearer \"the-users-long-key\"",
        "Authorization: Bearer the-users-long-kéy",
        "Authorization: Bearer The-Users-Long-Key", "Authorization: Bearer the-users-long-ke",
        "Authorization: Bearer \(String(repeating: "a", count: 10_000))", "x-api-key:", "x-api-key: short",
        "x-api-key: Bearer the-users-long-key", "x-apikey: the-users-long-key", "api-key: the-users-long-key",
        "Cookie: the-users-long-key", "Proxy-Authorization: Bearer the-users-long-key",
        "Authorization: Bearer the-users-long-key\r\nAuthorization: Bearer the-admins-long-key",
        "Authorization: Bearer the-users-long-key\r\nAuthorization: Basic dXNlcjpwYXNz",
        "Authorization: Bearer the-users-long-key\r\nx-api-key: the-wrong-long-key",
        "Authorization: nonsense\r\nx-api-key: the-users-long-key",
    ])
    func refusesWhatIsNoKey(_ fields: String) throws {
        try check(try fixture().answer(HTTPRequests.get("/v1/models", fields: fields + "\r\n")))
    }

    @Test func saysWhatIsWrong() throws {
        let expected: [(String, APIError)] = [
            ("", .missingKey), ("x-api-key: a\r\n", .malformedKey), ("x-api-key: nobody-knows-it\r\n", .wrongKey),
            (Self.bearer + "x-api-key: nobody-knows-it\r\n", .severalKeys),
        ]
        for (fields, error) in expected {
            let json = try fixture().answer(HTTPRequests.get("/v1/models", fields: fields)).json
            #expect(json["error.message"] == .string(error.message))
        }
    }

    @Test func keysChangeBetweenTwoRequestsOfAConnection() throws {
        let fixture = fixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/v1/models", fields: Self.bearer))
        authenticator.store.replace(with: try KeyRing().adding(file: Array("bob bobs-new-key".utf8)))
        client.send(HTTPRequests.get("/v1/models", fields: Self.bearer))
        client.send(HTTPRequests.get("/v1/models", fields: "x-api-key: bobs-new-key\r\n"))
        #expect(try client.answers().map(\.status) == [200, 401, 200])
        #expect(client.isOpen)
    }

    // MARK: Bodies of who is not let in

    @Test func aRefusedBodyIsReadAwayAndTheConnectionGoesOn() throws {
        let fixture = fixture { $0.allBodiesBytes = 100 }
        let client = try fixture.connect()
        // More than may be held: it is not held.
        client.send(HTTPRequests.completion("\"\(String(repeating: "a", count: 100_000))\""))
        client.send(HTTPRequests.get("/v1/models", fields: Self.bearer))
        #expect(try client.answers().map(\.status) == [401, 200])
        #expect(authenticator.questions == 2)
    }

    @Test func aBodyThatWaitsToBeCalledForIsNotCalledFor() throws {
        let fixture = fixture()
        let client = try fixture.connect()
        client.send("POST /v1/completions HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5\r\n")
        client.send("Expect: 100-continue\r\n\r\n")
        #expect(!client.text.contains("100 Continue"))
        try check(try client.onlyAnswer())
        #expect(!client.isOpen)
    }

    @Test func aBodyBeyondAllLimitsIsRefusedForItsKeyFirst() throws {
        let fixture = fixture { $0.bodyBytes = 1000 }
        let client = try fixture.connect()
        client.send("POST /v1/completions HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
        try check(try client.onlyAnswer())
        #expect(!client.isOpen)
        let known = try fixture.connect()
        known.send("POST /v1/completions HTTP/1.1\r\nContent-Type: application/json\r\n\(Self.bearer)")
        known.send("Content-Length: 5000\r\n\r\n")
        #expect(try known.onlyAnswer().status == 413)
    }

    @Test func theKeyIsLookedAtOnceARequestHoweverItsBodyComes() throws {
        let fixture = fixture()
        let client = try fixture.connect()
        for byte in HTTPRequests.chat(fields: Self.bearer) { client.send([byte]) }
        fixture.settle()
        #expect(try client.onlyAnswer().status == 200)
        #expect(authenticator.questions == 1)
    }

    // MARK: HTTP/2

    @Test func letsStreamsInOneByOne() throws {
        let fixture = fixture()
        let client = try HTTP2TestClient(fixture)
        let bare = client.get("/v1/models")
        let keyed = client.get("/v1/models", [("authorization", "Bearer \(CountingAuthenticator.userKey)")])
        let other = client.get("/v1/models", [("x-api-key", CountingAuthenticator.userKey)])
        let several = client.get(
            "/v1/models",
            [
                ("x-api-key", CountingAuthenticator.userKey),
                ("authorization", "Bearer \(CountingAuthenticator.adminKey)"),
            ])
        let probe = client.get("/health")
        try check(try #require(client.answer(bare)))
        try check(try #require(client.answer(several)))
        for stream in [keyed, other, probe] { #expect(client.answer(stream)?.status == 200) }
        #expect(authenticator.questions == 4)
    }

    @Test func refusesAStreamsBodyWithoutHoldingIt() throws {
        let fixture = fixture { $0.allBodiesBytes = 100 }
        let client = try HTTP2TestClient(fixture)
        let refused = client.begin("POST", "/v1/completions", [("content-type", "application/json")])
        for _ in 0..<10 { client.send(refused, body: String(repeating: "a", count: 5000), isWhole: false) }
        client.send(refused, body: "")
        try check(try #require(client.answer(refused)))
        let waiting = client.begin(
            "POST", "/v1/completions", [("content-type", "application/json"), ("expect", "100-continue")])
        #expect(!client.isToldToGoOn(waiting))
        try check(try #require(client.answer(waiting)))
        let served = client.post(
            "/v1/completions", #"{"model":"tiny","prompt":"a"}"#, [("x-api-key", CountingAuthenticator.userKey)])
        fixture.settle()
        #expect(client.answer(served)?.status == 200)
    }
}
