import EngineWire
import RPCTransport
import ServingModel
import ServingTesting
import Testing
import Tokenization

struct StopTextTests {
    @Test(arguments: [true, false]) func endsAtAStopText(isStreamed: Bool) async throws {
        let tokenizer = try Worker.tokenizer()
        let tokens = tokenizer.encode("one, two, three")
        try await Worker.run(tokenizer: tokenizer) { worker in
            worker.engine.script.play([Script(tokens: [tokens])])
            let request = Worker.request(maxTokens: 40, isStreamed: isStreamed) { request in
                request.samplingParams.stop = ["zz", " tw"]
            }
            let (messages, status) = try await worker.generate(request)
            let end = try #require(messages.last?.complete)
            #expect(status.code == .ok && end.finishReason == "stop" && end.matchedStopStr == " tw")
            let sent =
                isStreamed
                ? messages.flatMap(\.chunk.tokenIds)
                : end.outputIds
            let text = String(decoding: tokenizer.decode(sent.map { TokenID(Int32($0)) }), as: UTF8.self)
            #expect(text.contains(" tw") && !text.contains("three"))
            #expect(worker.engine.script.verbs.contains(.cancel(RequestID(1), choice: 0)))
        }
    }

    @Test func looksOnlyBehindTheLeastTokens() async throws {
        let tokenizer = try Worker.tokenizer()
        let tokens = tokenizer.encode("a.b.c.")
        try await Worker.run(tokenizer: tokenizer) { worker in
            worker.engine.script.play([Script(tokens: [tokens])])
            let request = Worker.request(maxTokens: 40, isStreamed: false) { request in
                request.samplingParams.stop = ["."]
                request.samplingParams.minTokens = UInt32(tokens.count - 1)
            }
            let end = try await worker.generate(request).0.first?.complete
            #expect(end?.outputIds.count == tokens.count && end?.matchedStopStr == ".")
        }
    }
}
