import Gateway
import NIOHTTP1
import OpenAIAPI
import Testing

/// The small parts that look at a request's head and make an answer's.
struct HTTPPartsTests {
    private func head(
        _ method: HTTPMethod, _ uri: String, _ fields: HTTPHeaders = [:], version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: uri, headers: fields)
    }

    private func status(_ method: HTTPMethod, _ uri: String, _ fields: HTTPHeaders = [:]) -> Int {
        do throws(APIError) {
            _ = try Route.find(head(method, uri, fields))
            return 200
        } catch {
            return error.status
        }
    }

    @Test(arguments: [
        (HTTPMethod.POST, "/v1/chat/completions", Route.chatCompletions), (.POST, "/v1/completions", .completions),
        (.POST, "/tokenize", .tokenize), (.POST, "/v1/detokenize?x=1", .detokenize), (.GET, "/v1/models", .models),
        (.HEAD, "/health", .health), (.GET, "/readiness", .readiness), (.GET, "/metrics?a#b", .metrics),
        (.GET, "/workers", .workers),
        (.GET, "/v1/models/a%2Fb%20c", .model("a/b c")), (.GET, "/v1/models/100%", .model("100%")),
        (.GET, "/v1/models/%C3%A9", .model("é")), (.GET, "/v1/models/%zz", .model("%zz")),
    ])
    func findsRoutes(_ method: HTTPMethod, _ uri: String, _ route: Route) throws {
        #expect(try Route.find(head(method, uri, ["content-type": "application/json"])) == route)
    }

    @Test func refusesOtherPathsMethodsAndTypes() {
        #expect(status(.GET, "/") == 404)
        #expect(status(.GET, "/v1/models/") == 200)
        #expect(status(.POST, "/v1/chat/completions/") == 404)
        #expect(status(.GET, "/v1/chat/completions") == 405)
        #expect(status(.POST, "/health") == 405)
        #expect(status(.POST, "/v1/completions", ["content-type": "text/plain"]) == 415)
        #expect(status(.POST, "/v1/completions", ["content-type": "Application/JSON ; charset=utf-8"]) == 200)
        #expect(status(.POST, "/v1/completions") == 415)
    }

    @Test func aRequestThatOffersAnotherProtocolIsTheLastOfItsConnection() {
        #expect(RequestTraits(head(.GET, "/health"), newID: "").keepsAlive)
        #expect(!RequestTraits(head(.GET, "/health", ["upgrade": "h2c"]), newID: "").keepsAlive)
    }

    @Test func readsTheTraitsOfARequest() {
        let plain = RequestTraits(head(.GET, "/"), newID: "new")
        #expect(plain.id == "new" && plain.keepsAlive && plain.allowsChunks && !plain.isHead)
        #expect(!RequestTraits(head(.GET, "/", ["connection": "close"]), newID: "").keepsAlive)
        let old = RequestTraits(head(.HEAD, "/", version: .http1_0), newID: "")
        #expect(!old.keepsAlive && !old.allowsChunks && old.isHead)
        #expect(RequestTraits(head(.GET, "/", ["connection": "keep-alive"], version: .http1_0), newID: "").keepsAlive)
    }

    @Test func takesOnlyHarmlessIDs() {
        let id = { (given: String) in RequestTraits(head(.GET, "/", ["x-request-id": given]), newID: "new").id }
        #expect(id("abc-123") == "abc-123")
        #expect(id("") == "new")
        #expect(id("a b") == "new")
        #expect(id("é") == "new")
        #expect(id(String(repeating: "a", count: 128)).count == 128)
        #expect(id(String(repeating: "a", count: 129)) == "new")
    }

    /// The examples of RFC 9110 and of `date -u`.
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_700_000_000, "Tue, 14 Nov 2023 22:13:20 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func writesDates(_ second: Int, _ text: String) {
        var date = HTTPDate()
        let texts = [second, second, second + 1, second].map { date.text(at: $0) }
        #expect(texts[0] == text && texts[1] == text && texts[2] != text && texts[3] == text)
    }
}
