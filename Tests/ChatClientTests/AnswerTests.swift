import ChatClient
import Testing

struct AnswerTests {
    private static func answer(_ chunks: [(ChatChunk, milliseconds: Int)]) -> Answer {
        var answer = Answer()
        for (chunk, milliseconds) in chunks { answer.append(chunk, at: .milliseconds(milliseconds)) }
        return answer
    }

    private static func usage(_ prompt: Int, _ completion: Int, cached: Int? = nil) -> ChatChunk {
        ChatChunk(usage: ChatUsage(promptTokens: prompt, completionTokens: completion, cachedTokens: cached))
    }

    @Test func countsWhatTheServerCounts() {
        let answer = Self.answer([
            (ChatChunk(), 50), (ChatChunk(content: "Hel"), 120), (ChatChunk(content: "lo"), 620),
            (ChatChunk(content: ".", finishReason: "stop"), 1120), (Self.usage(30, 11, cached: 24), 5000),
        ])
        #expect(answer.text == "Hello.")
        #expect(answer.tokensPerSecond == 10)
        #expect(answer.statistics == "11 tokens, 10.0 tokens/s, first after 0.12 s, prompt 30 (24 cached)")
    }

    @Test func countsPiecesWhenTheServerDoesNotSay() {
        let answer = Self.answer([
            (ChatChunk(reasoning: "hm"), 1000), (ChatChunk(content: "a"), 1500), (ChatChunk(content: "b"), 2000),
        ])
        #expect(answer.text == "ab")
        #expect(answer.statistics == "about 3 tokens, 2.0 tokens/s, first after 1.00 s")
    }

    @Test func measuresAWholeAnswerFromTheRequestOn() {
        let whole = ChatChunk(
            content: "a b", finishReason: "stop", usage: ChatUsage(promptTokens: 1, completionTokens: 4))
        #expect(Self.answer([(whole, 2000)]).tokensPerSecond == 2)
    }

    @Test(arguments: [
        ("length", "1 token, 10.0 tokens/s, first after 0.10 s, prompt 2, cut at the token limit"),
        ("content_filter", "1 token, 10.0 tokens/s, first after 0.10 s, prompt 2, ended by content_filter"),
    ])
    func saysWhyAnAnswerIsNotWhole(_ reason: String, _ statistics: String) {
        let answer = Self.answer([
            (ChatChunk(content: "a"), 100), (ChatChunk(finishReason: reason), 100), (Self.usage(2, 1), 100),
        ])
        #expect(answer.statistics == statistics)
    }

    @Test func standsAbsurdCounts() {
        #expect(Self.answer([]).statistics == "no text")
        #expect(Self.answer([(ChatChunk(content: "a"), 0)]).statistics == "about 1 token, first after 0.00 s")
        let absurd = Self.answer([
            (ChatChunk(content: "a"), 0), (ChatChunk(content: "b"), 1), (Self.usage(.max, .max), 2),
        ])
        #expect(absurd.statistics.contains(" 1000000000.0 tokens/s"))
    }
}
