import NIOCore
import RPCTransport
import Testing

/// The server's verbs for misbehaving, and what the client makes of them.
struct MisbehaviourTests {
    private func answer(
        cancelled: Int = 0, to script: @escaping ScriptedService.Script
    ) async throws -> LoopClient.Answer {
        var answer = LoopClient.Answer()
        let service = ScriptedService(["Method": script, "Fine": { call, _ in call.finish(.ok) }])
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            answer = try await client.call()
            #expect(try await client.call("Fine").status.code == .ok, "the connection is still good")
            try await client.close()
        }
        #expect(service.cancelledCalls == cancelled, "what a service ends itself is not cancelled")
        return answer
    }

    @Test func endsInTheMiddleOfAMessage() async throws {
        let answer = try await answer { call, _ in
            call.send([1])
            call.sendRaw([0, 0, 0, 0, 9, 1, 2])
            call.finish(.ok)
        }
        #expect(answer.messages == [[1]])
        #expect(answer.status == RPCStatus(.internal, "the answer ended in the middle of a message"))
    }

    @Test func sendsWhatIsNoMessage() async throws {
        let answer = try await answer(cancelled: 1) { call, _ in
            call.sendRaw(Array("HTTP/1.1 200 OK".utf8))
            call.flush()
        }
        #expect(answer.status.code == .internal)
    }

    @Test(arguments: [
        (UInt32(0), RPCStatusCode.internal), (7, .unavailable), (8, .cancelled), (11, .resourceExhausted),
    ])
    func resetsTheStream(_ code: UInt32, _ status: RPCStatusCode) async throws {
        let answer = try await answer { call, _ in
            call.send([1])
            call.reset(errorCode: code)
        }
        #expect(answer.messages == [[1]])
        #expect(answer.status.code == status && answer.status.isUnprocessed == (code == 7))
    }

    @Test func closesTheConnection() async throws {
        let begun = Signal()
        let service = ScriptedService([
            "Method": { call, _ in call.closeConnection() }, "Wait": { _, _ in begun.fire() },
        ])
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            async let other = client.call("Wait")
            await begun.wait()
            let status = try await client.call().status
            #expect(status.code == .unavailable && !status.isFromServer)
            #expect(try await other.status.code == .unavailable)
            #expect(try await client.closed() != "")
        }
        #expect(service.cancelledCalls == 1, "the other call")
    }

    @Test func saysGoAway() async throws {
        let service = ScriptedService([
            "Method": { call, _ in
                call.goAway()
                call.send([1])
                call.finish(.ok)
            }, "Wait": { _, _ in },
        ])
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            let answer = try await client.call()
            #expect(answer.messages == [[1]] && answer.status.code == .ok)
            #expect(try await client.closed().contains("GOAWAY"))
            let late = try await client.call()
            #expect(late.status.isUnprocessed)
        }
    }
}
