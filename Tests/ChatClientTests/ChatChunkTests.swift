import ChatClient
import Testing

struct ChatChunkTests {
    @Test(arguments: [
        (#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#, ChatChunk()),
        (
            #"{"object":"chat.completion.chunk","choices":[{"delta":{"content":"Hi \ud83e\udd99"}}]}"#,
            ChatChunk(content: "Hi 🦙")
        ),
        (#"{"choices":[{"delta":{"reasoning_content":"hm","content":null}}]}"#, ChatChunk(reasoning: "hm")),
        (#"{"choices":[{"delta":{"reasoning":"hm"}}]}"#, ChatChunk(reasoning: "hm")),
        (#"{"choices":[{"delta":{"refusal":"No."}}]}"#, ChatChunk(content: "No.")),
        (#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#, ChatChunk(finishReason: "length")),
        (
            #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}"#,
            ChatChunk(usage: ChatUsage(promptTokens: 5, completionTokens: 2, cachedTokens: 4))
        ),
        (
            #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":null}}"#,
            ChatChunk(usage: ChatUsage(promptTokens: 5, completionTokens: 2))
        ),
        (#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":-2}}"#, ChatChunk()),
        (#"{"error":null,"choices":[{"delta":{"content":"a"}}],"usage":null}"#, ChatChunk(content: "a")),
        (
            #"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#,
            ChatChunk(content: "whole", finishReason: "stop")
        ),
        (#"{"choices":[{"delta":{"content":[{"type":"thinking"}]}}]}"#, ChatChunk()),
        (#"{"choices":{},"usage":3}"#, ChatChunk()), ("{}", ChatChunk()),
    ])
    func reads(_ text: String, _ chunk: ChatChunk) throws {
        #expect(try ChatChunk(parsing: Array(text.utf8)) == chunk)
    }

    @Test(arguments: [
        (#"{"error":{"message":"out of memory","type":"server_error"}}"#, "out of memory"),
        (#"{"error":"overloaded"}"#, "overloaded"), (#"{"error":{"code":7}}"#, #"{"code":7}"#),
    ])
    func throwsTheServersError(_ text: String, _ message: String) {
        #expect(throws: ChatFailure.refused(status: nil, message: message)) { try ChatChunk(parsing: Array(text.utf8)) }
    }

    @Test func refusesWhatIsNoObject() {
        let text = Array(#"{"choices":[{"delta":{"content":"a"}}]}"#.utf8)
        for end in text.indices {
            #expect { try ChatChunk(parsing: Array(text[..<end])) } throws: { error in
                if case .malformed = error as? ChatFailure { true } else { false }
            }
        }
        #expect(throws: ChatFailure.malformed("no JSON object")) { try ChatChunk(parsing: Array("[1]".utf8)) }
    }
}
