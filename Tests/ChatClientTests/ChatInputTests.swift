import ChatClient
import Testing

struct ChatInputTests {
    @Test(arguments: [
        ("", ChatInput.nothing), (" \t", .nothing), ("hello /help", .message("hello /help")),
        ("  indented", .message("  indented")), ("//etc", .message("/etc")), ("/help", .command(.help, "")),
        (" /quit ", .command(.quit, "")), ("/system  Be brief. ", .command(.system, "Be brief.")),
        ("/system", .command(.system, "")), ("/system one\ntwo", .command(.system, "one\ntwo")),
        ("/save a file.md", .command(.save, "a file.md")), ("/save ", .mistake("/save needs a FILE")),
        ("/clear all", .mistake("/clear takes nothing after it")),
    ])
    func reads(_ text: String, _ input: ChatInput) {
        #expect(ChatInput(text) == input)
    }

    @Test(arguments: ["/", "/Help", "/helpme", "/etc/passwd"])
    func refusesUnknownCommands(_ text: String) {
        guard case .mistake(let reason) = ChatInput(text) else {
            Issue.record("'\(text)' was taken")
            return
        }
        #expect(reason.contains("/help"))
    }

    @Test func helpNamesEveryCommandAndItsArgument() {
        for verb in ChatVerb.allCases {
            #expect(ChatVerb.overview.contains("  /\(verb.rawValue)\(verb.argument.map { " " + $0 } ?? "") "))
        }
    }

    @Test func joinsLinesThatEndInABackslash() throws {
        var joiner = LineJoiner()
        #expect(try joiner.take("one\\") == nil)
        #expect(joiner.isContinuing)
        #expect(try joiner.take("\\") == nil)
        #expect(try joiner.take("three") == "one\n\nthree")
        #expect(!joiner.isContinuing)
        #expect(try joiner.take("a \\ b") == "a \\ b")
    }

    @Test func refusesLongInputAndStartsAfresh() throws {
        var limits = ChatLimits()
        limits.inputBytes = 8
        var joiner = LineJoiner(limits: limits)
        #expect(try joiner.take("1234\\") == nil)
        #expect(throws: InputTooLong(bytes: 8)) { try joiner.take("5678") }
        #expect(try joiner.take("1234") == "1234")
    }
}
