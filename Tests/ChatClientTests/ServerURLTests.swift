import ChatClient
import Testing

struct ServerURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"), ("https://host/v1/", "https://host/v1"),
        ("http://host:8080", "http://host:8080/v1"), ("HTTPS://host/", "https://host/v1"),
        ("http://[::1]:8080/api//v2", "http://[::1]:8080/api/v2"),
    ])
    func takes(_ text: String, _ url: String) throws {
        let taken = try #require(ServerURL(text))
        #expect(taken.description == url)
        #expect(taken.appending("models") == url + "/models")
    }

    @Test(arguments: [
        "", "host", "host:8080", "ftp://host", "http://", "http:///v1", "http://:80", "http://key@host",
        "http://user:secret@host/v1", "http://host/v1?key=secret", "http://host/#x", "http://ho st", "http://hö.st",
    ])
    func refuses(_ text: String) {
        #expect(ServerURL(text) == nil)
    }
}
