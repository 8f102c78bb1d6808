import ChatClient
import Testing

struct ServerMessageTests {
    @Test(arguments: [
        (#"{"error":{"message":"no such model","type":"invalid_request_error"}}"#, "no such model"),
        (#"{"error":"no such model"}"#, "no such model"), (#"{"message":"gone"}"#, "gone"),
        (#"{"detail":"Not Found"}"#, "Not Found"), (#"{"detail":[{"loc":["body"]}]}"#, #"[{"loc":["body"]}]"#),
        ("\n \nBad gateway\nnginx", "Bad gateway"), ("", "without a message"), ("{}", "{}"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 200) + "…"),
    ])
    func findsTheMessage(_ body: String, _ message: String) {
        #expect(ServerMessage.of(body: Array(body.utf8)) == message)
    }

    @Test func listsModels() throws {
        let list = #"{"object":"list","data":[{"id":"b"},{"object":"model"},{"id":"a","object":"model"}]}"#
        #expect(try ModelList.parse(Array(list.utf8)) == ["b", "a"])
        #expect(try ModelList.parse(Array(#"{"data":[]}"#.utf8)) == [])
    }

    @Test(arguments: ["", "[]", #"{"data":{}}"#, "<html>"])
    func refusesWhatIsNoListOfModels(_ body: String) {
        #expect { try ModelList.parse(Array(body.utf8)) } throws: { error in
            if case .malformed = error as? ChatFailure { true } else { false }
        }
    }

    @Test(arguments: [
        ("plain\ttext\nüöä 🦙", "plain\ttext\nüöä 🦙"), ("\u{1B}[31mred\u{7}", "\u{FFFD}[31mred\u{FFFD}"),
        ("a\rb\u{7F}\u{9B}", "a\u{FFFD}b\u{FFFD}\u{FFFD}"), ("a\r\nb", "a\u{FFFD}\nb"),
    ])
    func makesTextHarmless(_ text: String, _ harmless: String) {
        #expect(TerminalText.harmless(text) == harmless)
    }
}
