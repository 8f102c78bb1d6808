import HTTPEngine
import Testing

struct HTTPUpstreamAddressTests {
    @Test(arguments: [
        ("http://host:8000", "http://host:8000"), ("HTTP://Host/", "http://host"),
        ("https://host/v1", "https://host"), ("https://host/a/b/v1/", "https://host/a/b"),
        ("http://[::1]:80/v1", "http://[::1]:80"), ("http://127.0.0.1", "http://127.0.0.1"),
    ])
    func takes(url: String, base: String) throws {
        #expect(try HTTPUpstreamAddress(url: url).base == base)
    }

    @Test(arguments: [
        "", "host:8000", "grpc://host", "http://", "http:///v1", "http://:80", "http://host:", "http://host:0",
        "http://host:65536", "http://host:+1", "http://host/?a=b", "http://host/#a", "http://ho st", "http://hé",
        "http://[::1", "http://[]", "http://[::1]x", "unix:/x",
    ])
    func refuses(url: String) {
        #expect(throws: HTTPUpstreamError.self) { try HTTPUpstreamAddress(url: url) }
    }

    @Test func tellsNoSecrets() throws {
        let error = #expect(throws: HTTPUpstreamError.self) { try HTTPUpstreamAddress(url: "http://me:secret@host") }
        #expect(error.map { !"\($0)".contains("secret") } == true)
        var address = try HTTPUpstreamAddress(url: "http://host")
        address.apiKey = "secret"
        #expect("\(address)" == "http://host")
    }
}
