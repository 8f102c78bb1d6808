import ChatClient
import JSONBytes
import Testing

struct ConversationTests {
    @Test func keepsAnswersAndSendsThemAgain() {
        var conversation = Conversation(system: "Be brief.")
        conversation.ask("one?")
        conversation.keep("1")
        conversation.ask("two?")
        #expect(
            conversation.messages == [
                ChatMessage(.system, "Be brief."), ChatMessage(.user, "one?"), ChatMessage(.assistant, "1"),
                ChatMessage(.user, "two?"),
            ])
    }

    @Test func takesAnUnansweredQuestionBack() {
        var conversation = Conversation()
        conversation.ask("one?")
        conversation.keep("1")
        let before = conversation.messages
        conversation.ask("two?")
        conversation.takeBack()
        #expect(conversation.messages == before)
        conversation.ask("three?")
        conversation.keep("")
        #expect(conversation.messages == before)
        let asked = conversation.askAgain()
        #expect(asked)
        #expect(conversation.messages == before + [ChatMessage(.user, "three?")])
    }

    @Test func asksTheLastAnsweredQuestionAgain() {
        var conversation = Conversation()
        conversation.ask("one?")
        conversation.keep("1")
        let asked = conversation.askAgain()
        #expect(asked)
        #expect(conversation.messages == [ChatMessage(.user, "one?")])
    }

    @Test func aNewQuestionReplacesTheOneThatWasTakenBack() {
        var conversation = Conversation()
        conversation.ask("one?")
        conversation.takeBack()
        conversation.ask("two?")
        conversation.keep("2")
        _ = conversation.askAgain()
        #expect(conversation.messages == [ChatMessage(.user, "two?")])
    }

    @Test func forgetsAllButTheSystemPrompt() {
        var conversation = Conversation(system: "Be brief.")
        conversation.ask("one?")
        conversation.keep("1")
        conversation.clear()
        #expect(conversation.messages == [ChatMessage(.system, "Be brief.")])
        let asked = conversation.askAgain()
        #expect(!asked)
        conversation.system = ""
        #expect(conversation.messages == [])
    }

    @Test func writesMarkdown() {
        var conversation = Conversation(system: "Be brief.")
        conversation.ask("one?")
        conversation.keep("1")
        #expect(conversation.markdown == "## system\n\nBe brief.\n\n## user\n\none?\n\n## assistant\n\n1\n")
    }

    @Test func writesTheRequestsBody() throws {
        let messages = [ChatMessage(.system, "\"a\"\n"), ChatMessage(.user, "🦙")]
        let plain: JSONValue = [
            "model": "m", "stream": true, "stream_options": ["include_usage": true],
            "messages": [["role": "system", "content": "\"a\"\n"], ["role": "user", "content": "🦙"]],
        ]
        #expect(try JSONValue(parsing: ChatRequest(model: "m").body(messages)) == plain)
        let full = ChatRequest(model: "m", temperature: 0.5, maxTokens: 7).body([])
        let expected: JSONValue = [
            "model": "m", "messages": [], "temperature": 0.5, "max_tokens": 7, "stream": true,
            "stream_options": ["include_usage": true],
        ]
        #expect(try JSONValue(parsing: full) == expected)
    }
}
