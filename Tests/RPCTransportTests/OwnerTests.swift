import RPCTesting
import RPCTransport
import Testing

/// What owners may do inside of the connection's calls, and after its end.
struct OwnerTests {
    @Test func cancelsACallAndHearsNoMoreOfIt() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.feed(Server.head(1))
        _ = try server.sent()
        server.cancel(call)
        #expect(try server.sent() == [Frame(type: Frame.reset, stream: 1, payload: [0, 0, 0, 8])])
        server.feed(Server.data(1, Server.message([1])) + Server.trailers(1))
        server.cancel(call)
        server.connection.setPaused(call, true)
        server.connection.setPaused(call, false)
        server.tick()
        #expect(server.owner.events == [])
        #expect(try server.sent() == [])
        #expect(server.connection.openCalls == 0)
    }

    @Test(arguments: [false, true]) func cancelsInsideOfAMessage(_ isAssembled: Bool) throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.owner.onMessage = { call, _ in
            server.connection.cancel(call)
            server.owner.cancelled(call)
        }
        let messages = Server.message([1, 2]) + Server.message([3])
        server.feed(Server.head(1))
        if isAssembled { server.feed(Server.data(1, Array(messages.prefix(6)))) }
        server.feed(Server.data(1, isAssembled ? Array(messages.dropFirst(6)) : messages, end: true))
        #expect(server.owner.messages(of: call) == [[1, 2]])
        #expect(try server.sent().last == Frame(type: Frame.reset, stream: 1, payload: [0, 0, 0, 8]))
        #expect(server.isActive)
    }

    @Test func usesASlotAgainInsideOfAMessage() throws {
        let server = try ScriptedServer()
        let first = server.begin()
        var second: RPCCall?
        server.owner.onMessage = { call, _ in
            guard call == first else { return }
            server.connection.cancel(first)
            server.owner.cancelled(first)
            second = server.connection.begin(path: ScriptedServer.path, message: [])
        }
        server.feed(Server.head(1) + Server.data(1, Server.message([1]) + Server.message([2])))
        server.feed(Server.head(3) + Server.data(3, Server.message([3])) + Server.trailers(3))
        let call = try #require(second)
        #expect(call != first)
        #expect(server.owner.messages(of: first) == [[1]])
        #expect(server.owner.messages(of: call) == [[3]])
        #expect(server.owner.status(of: call)?.code == .ok)
    }

    @Test func closesWithGoAwayAndTellsWithTheNextTick() throws {
        let server = try ScriptedServer(settings: [(3, 1)])
        let calls = [server.begin(), server.begin(), server.begin()]
        _ = try server.sent()
        server.connection.close()
        #expect(server.owner.events == [] && !server.connection.acceptsCalls)
        server.connection.cancel(calls[2])
        server.owner.cancelled(calls[2])
        server.connection.close()
        server.tick()
        #expect(
            server.owner.events == [
                .ended(calls[0], RPCStatus(.unavailable, "closed by this end")),
                .ended(calls[1], RPCStatus(.unavailable, "closed by this end", isUnprocessed: true)),
                .closed("closed by this end"),
            ])
        #expect(try server.sent().map(\.type) == [Frame.goAway])
        #expect(!server.isActive)
    }

    @Test func closesInsideOfAMessage() throws {
        let server = try ScriptedServer()
        let call = server.begin()
        server.owner.onMessage = { _, _ in server.connection.close() }
        server.feed(Server.head(1) + Server.data(1, Server.message([1]) + Server.message([2])) + Server.trailers(1))
        server.tick()
        #expect(
            server.owner.events == [
                .message(call, [1]), .ended(call, RPCStatus(.unavailable, "closed by this end")),
                .closed("closed by this end"),
            ])
    }

    @Test func refusesCallsAfterTheEnd() throws {
        let server = try ScriptedServer()
        let open = server.begin()
        var late: [RPCCall] = []
        server.owner.onEnd = { call, _ in
            guard call == open else { return }
            late.append(server.connection.begin(path: ScriptedServer.path, message: []))
        }
        server.hangUp()
        late.append(server.begin())
        #expect(late.count == 2)
        for call in late {
            let status = try #require(server.owner.status(of: call))
            #expect(status.code == .unavailable && status.isUnprocessed)
        }
        #expect(server.owner.closeReason == "the server closed the connection without a word")
    }

    @Test func beginsAgainInsideOfAnEnd() throws {
        let server = try ScriptedServer(settings: [(3, 1)])
        var rounds = 0
        server.owner.onEnd = { _, _ in
            rounds += 1
            if rounds < 100 { _ = server.connection.begin(path: ScriptedServer.path, message: []) }
        }
        _ = server.begin()
        for stream in stride(from: UInt32(1), to: 200, by: 2) {
            server.feed(Server.head(stream) + Server.trailers(stream))
        }
        #expect(rounds == 100 && server.connection.openCalls == 0)
    }

    @Test func closesWhenItsOwnerIsGone() throws {
        let server = try ScriptedServer()
        server.dropOwner()
        server.feed(Server.ping())
        server.tick()
        #expect(!server.isActive)
    }
}
