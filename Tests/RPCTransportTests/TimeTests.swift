import RPCTesting
import RPCTransport
import Testing

/// Deadlines and keep-alive, on the embedded loop's clock.
struct TimeTests {
    private func pings(_ server: ScriptedServer) throws -> Int {
        try server.sent().count { $0.type == Frame.ping && $0.flags == 0 }
    }

    // MARK: Deadlines

    @Test func saysAndKeepsTheTimeout() throws {
        let server = try ScriptedServer()
        let call = server.begin(timeoutSeconds: 1.5)
        let other = server.begin(timeoutSeconds: 200_000)
        let heads = try server.sent().filter { $0.type == Frame.headers }
        #expect(try heads.map { try server.fields($0)["grpc-timeout"] } == ["1500m", "200000S"])
        #expect(try server.names(heads[0]).prefix(5) == [":method", ":scheme", ":authority", ":path", "grpc-timeout"])
        server.advance(seconds: 1.4)
        #expect(!server.owner.hasEnded(call))
        server.advance(seconds: 0.2)
        #expect(server.owner.status(of: call)?.code == .deadlineExceeded)
        #expect(!server.owner.isUncompleted)
        #expect(
            try server.sent().filter { $0.type == Frame.reset } == [
                Frame(type: Frame.reset, stream: 1, payload: [0, 0, 0, 8])
            ])
        #expect(!server.owner.hasEnded(other))
    }

    @Test func keepsManyDeadlinesInAnyOrder() throws {
        let server = try ScriptedServer(settings: [(3, 50)])
        var random = Seeded(3)
        let calls = (0..<100).map { _ in
            let seconds = Double(1 + random.below(9)) / 2
            return (server.begin(timeoutSeconds: seconds), seconds)
        }
        for step in 1...20 {
            let now = Double(step) * 0.25
            server.advance(seconds: 0.25)
            for (call, seconds) in calls {
                #expect(server.owner.hasEnded(call) == (seconds <= now), "\(seconds) at \(now)")
            }
        }
        #expect(server.connection.openCalls == 0)
    }

    @Test func endsWaitingCallsInTime() throws {
        let server = try ScriptedServer(settings: [(3, 0)])
        let call = server.begin(timeoutSeconds: 1)
        server.advance(seconds: 1)
        let status = try #require(server.owner.status(of: call))
        #expect(status.code == .deadlineExceeded && status.isUnprocessed)
        #expect(try server.sent().isEmpty)
    }

    @Test func tellsTheServerWhatIsLeft() throws {
        let server = try ScriptedServer(settings: [(3, 0)])
        _ = server.begin(timeoutSeconds: 10)
        server.advance(seconds: 4)
        server.feed(Server.settings([(3, 1)]))
        let head = try #require(try server.sent().first { $0.type == Frame.headers })
        #expect(try server.fields(head)["grpc-timeout"] == "6000m")
    }

    @Test(arguments: [0, -1, 0.0001]) func takesTinyTimeouts(_ seconds: Double) throws {
        let server = try ScriptedServer()
        let call = server.begin(timeoutSeconds: seconds)
        server.advance(seconds: 0.01)
        #expect(server.owner.status(of: call)?.code == .deadlineExceeded)
    }

    // MARK: Keep-alive

    @Test func asksAfterSilenceAndGivesUp() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        #expect(try pings(server) == 0)
        server.advance(seconds: 19.9)
        #expect(try pings(server) == 0)
        server.advance(seconds: 0.2)
        #expect(try pings(server) == 1)
        server.advance(seconds: 9.8)
        #expect(server.isActive)
        server.advance(seconds: 0.3)
        #expect(server.owner.closeReason == "no answer to a PING within 10.0 s")
        #expect(server.owner.status(of: call)?.code == .unavailable)
        #expect(!server.isActive)
    }

    @Test func asksEverMoreRarely() throws {
        let server = try ScriptedServer()
        _ = server.begin()
        _ = try server.sent()
        var asked: [Int] = []
        for second in 1...1100 {
            server.advance(seconds: 1)
            guard try pings(server) > 0 else { continue }
            asked.append(second)
            server.feed(Server.ping(ack: true))
        }
        #expect(asked == [20, 60, 140, 450, 760, 1070], "stock gRPC servers close at the third early PING")
        server.feed(Server.head(1))
        server.advance(seconds: 40)
        #expect(try pings(server) == 1, "an answer resets the server's count")
    }

    @Test func anyBytesProveLife() throws {
        let server = try ScriptedServer()
        _ = server.begin()
        server.feed(Server.head(1))
        server.advance(seconds: 20)
        #expect(try pings(server) == 1)
        server.advance(seconds: 9)
        server.feed(Array(Server.data(1, Server.message([1])).prefix(3)))
        server.advance(seconds: 9)
        #expect(server.isActive)
    }

    @Test func leavesIdleConnectionsAlone() throws {
        let server = try ScriptedServer()
        server.advance(seconds: 10_000)
        #expect(try pings(server) == 0)
        _ = server.begin()
        server.advance(seconds: 20)
        #expect(try pings(server) == 1)
    }
}
