import RPCTesting
import RPCTransport
import Testing

/// MAX_CONCURRENT_STREAMS, GOAWAY, and the end of stream ids.
struct CallLimitTests {
    private func begun(_ server: ScriptedServer) throws -> [UInt32] {
        try server.sent().filter { $0.type == Frame.headers }.map(\.stream)
    }

    @Test func waitsForStreamsInOrder() throws {
        let server = try ScriptedServer(settings: [(3, 2)])
        let calls = (0..<5).map { server.begin([UInt8($0)]) }
        #expect(try begun(server) == [1, 3])
        #expect(server.connection.openCalls == 5)
        server.cancel(calls[2])
        server.feed(Server.head(1) + Server.trailers(1))
        let next = try server.sent()
        #expect(next.map(\.payload.last).last == 3, "the fourth call, as the third is cancelled")
        server.cancel(calls[1])
        #expect(try begun(server) == [7])
        #expect(server.connection.openCalls == 2)
    }

    @Test func beginsMoreWhenTheServerAllowsMore() throws {
        let server = try ScriptedServer(settings: [(3, 0)])
        for _ in 0..<5 { _ = server.begin() }
        #expect(try begun(server) == [])
        server.feed(Server.settings([(3, 3)]))
        #expect(try begun(server) == [1, 3, 5])
        server.feed(Server.settings([(3, 1)]))
        server.feed(Server.head(1) + Server.trailers(1) + Server.head(3) + Server.trailers(3))
        #expect(try begun(server) == [], "one is open")
        server.feed(Server.head(5) + Server.trailers(5))
        #expect(try begun(server) == [7])
    }

    @Test func refusesMoreThanMayWait() throws {
        var limits = RPCClientLimits()
        limits.waitingCalls = 2
        let server = try ScriptedServer(limits: limits, settings: [(3, 1)])
        let calls = (0..<3).map { _ in server.begin() }
        let refused = server.connection.begin(path: ScriptedServer.path, message: [])
        #expect(server.owner.status(of: refused) == nil, "not inside of begin")
        let silent = server.connection.begin(path: ScriptedServer.path, message: [])
        #expect(Set(calls + [refused, silent]).count == 5)
        server.cancel(silent)
        let status = try #require(server.owner.status(of: refused))
        #expect(status.code == .resourceExhausted && status.isUnprocessed)
        #expect(server.owner.events.count == 1)
        #expect(!server.owner.isUncompleted)
        #expect(server.connection.openCalls == 3)
    }

    @Test func endsWhatGoAwayLeavesOut() throws {
        let server = try ScriptedServer(settings: [(3, 3)])
        let calls = (0..<4).map { _ in server.begin() }
        server.feed(Server.goAway(last: 3, code: 11, text: "too_many_pings"))
        #expect(server.owner.events.first == .refusesNewCalls)
        let reason = "the server said GOAWAY: ENHANCE_YOUR_CALM, too_many_pings"
        for call in calls.suffix(2) {
            #expect(server.owner.status(of: call) == RPCStatus(.unavailable, reason, isUnprocessed: true))
        }
        #expect(!server.owner.hasEnded(calls[0]) && !server.owner.hasEnded(calls[1]))
        #expect(!server.connection.acceptsCalls && server.connection.openCalls == 2)
        let late = server.begin()
        #expect(server.owner.status(of: late)?.isUnprocessed == true)
        server.feed(Server.head(1) + Server.data(1, Server.message([1])) + Server.trailers(1))
        #expect(server.owner.status(of: calls[0])?.code == .ok)
        #expect(server.isActive)
        server.feed(Server.goAway(last: 1))
        #expect(server.owner.status(of: calls[1])?.isUnprocessed == true)
        #expect(!server.isActive, "nothing is open any more")
        #expect(server.owner.events.count { $0 == .refusesNewCalls } == 1)
        #expect(server.owner.closeReason != nil)
    }

    @Test func closesAtOnceIfNothingIsOpenAtGoAway() throws {
        let server = try ScriptedServer()
        server.feed(Server.goAway(last: 0x7fff_ffff))
        #expect(server.owner.events == [.refusesNewCalls, .closed("the server said GOAWAY: NO_ERROR")])
        #expect(!server.isActive)
    }

    @Test func closesWhenTheLastCallIsCancelledAfterGoAway() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.feed(Server.goAway(last: 0x7fff_ffff))
        #expect(server.isActive)
        server.cancel(call)
        #expect(server.owner.closeReason != nil && !server.isActive)
    }

    @Test func givesTheReasonOfALossAfterGoAway() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.feed(Server.goAway(last: 1, code: 2, text: "out of memory"))
        server.hangUp()
        let reason = "the server said GOAWAY: INTERNAL_ERROR, out of memory"
        #expect(server.owner.status(of: call) == RPCStatus(.unavailable, reason))
    }

    @Test func endsWithTheStreamIDs() throws {
        let server = try ScriptedServer(settings: [(3, 2)], firstStreamID: 0x7fff_fffd)
        let calls = (0..<3).map { _ in server.connection.begin(path: ScriptedServer.path, message: []) }
        #expect(server.owner.events == [])
        server.tick()
        #expect(try begun(server) == [0x7fff_fffd, 0x7fff_ffff])
        #expect(server.owner.events.first == .refusesNewCalls)
        #expect(server.owner.status(of: calls[2])?.isUnprocessed == true)
        server.feed(Server.head(0x7fff_ffff) + Server.trailers(0x7fff_ffff))
        #expect(server.owner.status(of: calls[1])?.code == .ok)
        server.feed(Server.head(0x7fff_fffd) + Server.trailers(0x7fff_fffd))
        #expect(server.owner.closeReason == "the connection's stream ids are used up")
    }

    @Test func findsStreamsAmongMany() throws {
        let server = try ScriptedServer()
        var random = Seeded(7)
        var open: [(call: RPCCall, stream: UInt32)] = []
        var next: UInt32 = 1
        for round in 0..<5000 {
            if open.count < 700, random.chance(0.55) || open.isEmpty {
                open.append((server.begin(), next))
                next += 2
            } else {
                // Old and young ones, so that the table has long probes and gaps.
                let (call, stream) = open.remove(at: random.below(open.count))
                server.feed(Server.head(stream) + Server.trailers(stream, status: round % 17))
                #expect(
                    server.owner.take() == [
                        .ended(call, RPCStatus(RPCStatusCode(rawValue: round % 17)!, isFromServer: true))
                    ])
            }
        }
        #expect(server.connection.openCalls == open.count)
    }
}
