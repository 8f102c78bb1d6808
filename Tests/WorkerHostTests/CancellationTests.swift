import EngineWire
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import SwiftProtobuf
import Testing

struct CancellationTests {
    private static let long = Script(tokens: [Array(repeating: TokenID(20), count: 200)])

    @Test func anAbortEndsTheCallWithItsTokens() async throws {
        try await Worker.run(stepsItself: false) { worker in
            worker.engine.script.play([Self.long])
            let call = try await worker.begin(Worker.request(maxTokens: 100))
            worker.engine.step(3)
            await worker.link.wait(for: call) { $0.messages.count >= 3 }
            var abort = VLLMAbortRequest()
            abort.requestIds = ["another", "one"]
            _ = try await worker.call("Abort", abort, as: VLLMAbortResponse.self)
            let outcome = await worker.link.end(of: call)
            #expect(outcome.status?.code == .ok)
            let end = try VLLMGenerateResponse(serializedBytes: #require(outcome.messages.last)).complete
            #expect(end.finishReason == "abort")
            #expect(worker.engine.script.verbs == [.cancel(RequestID(1), choice: nil)])
        }
    }

    @Test func aClientThatLeavesFreesTheEngine() async throws {
        try await Worker.run(stepsItself: false) { worker in
            worker.engine.script.play([Self.long])
            let call = try await worker.begin(Worker.request(maxTokens: 100))
            worker.engine.step(2)
            await worker.link.wait(for: call) { $0.messages.count >= 2 }
            try await worker.link.cancel(call)
            // A later call on the connection comes behind the cancellation.
            let info = try await worker.call(
                "GetServerInfo", VLLMGetServerInfoRequest(), as: VLLMGetServerInfoResponse.self)
            #expect(info.activeRequests == 0)
            #expect(worker.engine.script.verbs == [.cancel(RequestID(1), choice: nil)])
        }
    }

    @Test func aDeadlineEndsTheCall() async throws {
        try await Worker.run(stepsItself: false) { worker in
            let call = try await worker.begin(Worker.request(), timeoutSeconds: 0.05)
            let status = await worker.link.end(of: call).status
            #expect(status?.code == .deadlineExceeded)
            // The worker has seen the call when it answers a later one.
            _ = try await worker.call("GetServerInfo", VLLMGetServerInfoRequest(), as: VLLMGetServerInfoResponse.self)
            #expect(worker.engine.script.submissions.first?.queueDeadline != nil)
        }
    }

    @Test func aSlowClientPausesItsRequest() async throws {
        var limits = RPCClientLimits()
        limits.streamWindowBytes = 64 << 10
        try await Worker.run(stepsItself: false, clientLimits: limits) { worker in
            worker.engine.script.play([Script(tokens: [Array(repeating: TokenID(20), count: 240)])])
            let call = try await worker.begin(
                Worker.request(maxTokens: 240) { $0.samplingParams.logprobs = -1 })
            try await worker.link.setPaused(call, true)
            // Each token comes with 288 candidates, which are more than a KiB.
            try await worker.untilVerb(.setPaused(RequestID(1), true)) { worker.engine.stepAtOnce() }
            try await worker.link.setPaused(call, false)
            try await worker.untilVerb(.setPaused(RequestID(1), false))
            worker.engine.step(300)
            let outcome = await worker.link.end(of: call)
            #expect(outcome.status?.code == .ok)
            let end = try VLLMGenerateResponse(serializedBytes: #require(outcome.messages.last)).complete
            #expect(end.finishReason == "length")
        }
    }

    @Test func errorsHaveVLLMsStatuses() async throws {
        let errors: [(EngineError, RPCStatusCode)] = [
            (.invalid(field: "x", reason: "y"), .invalidArgument),
            (.contextExceeded(promptTokens: 9, contextTokens: 8), .invalidArgument),
            (.queueFull(limit: 3), .resourceExhausted), (.deadlinePassed, .deadlineExceeded),
            (.stopping, .unavailable), (.unavailable("gone"), .unavailable), (.broken("broken"), .internal),
        ]
        try await Worker.run { worker in
            for (error, code) in errors {
                worker.engine.script.play([Script(failure: .beforeStart(error))])
                let (messages, status) = try await worker.generate(Worker.request())
                #expect(messages.isEmpty && status.code == code && !status.message.isEmpty)
            }
            // One in the middle too.
            worker.engine.script.play([Script(failure: .afterTokens(2, .broken("broken")))])
            let (messages, status) = try await worker.generate(Worker.request(maxTokens: 9))
            #expect(!messages.isEmpty && status.code == .internal)
        }
    }
}
