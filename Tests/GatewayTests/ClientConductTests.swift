import Gateway
import NIOCore
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

/// Clients that leave, dawdle, or do not read; and a gateway that is told to stop.
struct ClientConductTests {
    private static let stream = HTTPRequests.chat(#","stream":true"#)
    private let long = Script(tokens: [Array(repeating: TokenID(97), count: 200)])

    private func later(_ seconds: Double) -> Moment { WallClock.now.advanced(bySeconds: seconds) }

    @Test func cancelsWhenTheClientLeaves() throws {
        for (options, steps) in [("", 0), ("", 3), (#","stream":true"#, 0), (#","stream":true"#, 3)] {
            let fixture = GatewayFixture([long])
            let client = try fixture.connect()
            client.send(HTTPRequests.chat(options))
            for _ in 0..<steps { fixture.step() }
            client.disconnect()
            #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: nil)])
            #expect(fixture.engine.step() == false)
            fixture.loop.run()
            #expect(fixture.state.count == 0)
            #expect(fixture.metric(#"drover_requests_total{outcome="abandoned"}"#) == "1")
            #expect(fixture.metric("drover_requests_running") == "0")
        }
    }

    @Test func dropsWhatIsOnItsWayToAClientThatLeft() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(Self.stream)
        fixture.step()
        fixture.engine.step()
        client.disconnect()
        fixture.settle()
        #expect(fixture.metric("drover_requests_running") == "0")
    }

    @Test func pausesWhileTheClientDoesNotRead() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(Self.stream)
        fixture.step()
        client.setWritable(false)
        #expect(!fixture.engine.step(), "a paused request makes no tokens")
        client.setWritable(true)
        let id = fixture.engine.submissions[0].id
        #expect(fixture.engine.verbs == [.setPaused(id, true), .setPaused(id, false)])
        fixture.settle()
        #expect(try client.onlyAnswer().isWhole && client.isOpen)
    }

    @Test func givesUpAClientThatDoesNotRead() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(Self.stream)
        fixture.step()
        client.setWritable(false)
        fixture.state.sweep(later(59))
        #expect(!client.isClosed)
        fixture.state.sweep(later(61))
        #expect(client.isClosed)
        #expect(fixture.engine.verbs.last == .cancel(fixture.engine.submissions[0].id, choice: nil))
    }

    @Test func answersNothingMoreToAClientThatDoesNotRead() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.setWritable(false)
        for _ in 0..<5 { client.send(HTTPRequests.get("/health")) }
        client.send(HTTPRequests.chat())
        #expect(client.received.isEmpty && fixture.engine.submissions.isEmpty && client.reads < 4)
        client.setWritable(true)
        fixture.settle()
        #expect(try client.answers().count == 6)
    }

    @Test func aStreamMayTakeItsTime() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(Self.stream)
        fixture.state.sweep(later(100_000))
        fixture.step()
        fixture.state.sweep(later(100_000))
        fixture.settle()
        #expect(try client.onlyAnswer().isWhole)
    }

    @Test func closesConnectionsWithoutARequest() throws {
        let fixture = GatewayFixture()
        for start in ["", "GET /health HTTP/1.1\r\nHost:"] {
            let client = try fixture.connect()
            client.send(start)
            fixture.state.sweep(later(29))
            #expect(!client.isClosed)
            fixture.state.sweep(later(31))
            #expect(client.isClosed && client.received.isEmpty)
        }
    }

    @Test func closesIdleConnections() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/health"))
        fixture.state.sweep(later(89))
        #expect(!client.isClosed)
        fixture.state.sweep(later(91))
        #expect(client.isClosed)
    }

    @Test func refusesABodyThatDoesNotCome() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send("POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n{")
        fixture.state.sweep(later(119))
        #expect(client.received.isEmpty)
        fixture.state.sweep(later(121))
        #expect(try client.onlyAnswer().status == 408 && !client.isOpen && !client.isClosed)
        fixture.state.sweep(later(2))
        #expect(try client.onlyAnswer().status == 408)
        fixture.state.sweep(later(6))
        #expect(client.isClosed)
    }

    @Test func waitsForAClientThatStillReadsItsLastAnswer() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/health", fields: "Connection: close\r\n"))
        client.setWritable(false)
        fixture.state.sweep(later(30))
        #expect(!client.isClosed)
        client.setWritable(true)
        fixture.state.sweep(later(6))
        #expect(client.isClosed)
    }

    // MARK: Clients that end their direction

    @Test func answersAClientThatSendsNoMore() throws {
        for options in ["", #","stream":true"#] {
            let fixture = GatewayFixture([long])
            let client = try fixture.connect()
            client.send(HTTPRequests.chat(options))
            if !options.isEmpty { fixture.step() }
            client.endInput()
            // Only the system can tell whether someone is still there, once there is something to send.
            #expect(client.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") == options.isEmpty)
            fixture.settle()
            #expect(try client.onlyAnswer().isWhole && client.isClosed)
            #expect(fixture.engine.verbs.isEmpty)
        }
    }

    @Test func answersEverythingThatCameBeforeTheEnd() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat() + HTTPRequests.get("/health") + HTTPRequests.get("/nowhere"))
        client.endInput()
        fixture.settle()
        #expect(try client.answers().map(\.status) == [200, 200, 404] && client.isClosed)
    }

    @Test func closesWhenAClientEndsBetweenRequests() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/health"))
        #expect(client.isOpen)
        client.endInput()
        #expect(client.isClosed)
        let cut = try fixture.connect()
        cut.send("POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
        cut.endInput()
        #expect(!cut.isOpen)
    }

    /// HTTP/1.0 has no interim answers to find out with.
    @Test func takesAnOldClientsEndForItsLeave() throws {
        let fixture = GatewayFixture([long])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat(version: "1.0"))
        client.endInput()
        fixture.loop.run()
        #expect(client.isClosed && client.received.isEmpty)
        #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: nil)])
    }

    // MARK: Stopping

    /// Begins to drain; the result is set when every connection has ended.
    private func drain(_ fixture: GatewayFixture) -> () -> Bool {
        final class Flag: @unchecked Sendable { var isSet = false }
        let flag = Flag()
        fixture.state.drain(seconds: 10).whenComplete { _ in flag.isSet = true }
        return { flag.isSet }
    }

    @Test func drainsWhatIsIdleAtOnce() throws {
        let fixture = GatewayFixture([long])
        let idle = try fixture.connect()
        let busy = try fixture.connect()
        busy.send(Self.stream)
        fixture.step()
        let isDrained = drain(fixture)
        fixture.loop.run()
        #expect(idle.isClosed && !busy.isClosed && !isDrained())
        fixture.settle()
        #expect(try busy.onlyAnswer().isWhole)
        busy.disconnect()
        fixture.loop.run()
        #expect(isDrained())
    }

    @Test func breaksOffWhatDoesNotEnd() throws {
        let fixture = GatewayFixture([long, Script(isIgnored: true)])
        let streaming = try fixture.connect()
        let waiting = try fixture.connect()
        streaming.send(Self.stream)
        waiting.send(HTTPRequests.chat())
        fixture.step()
        let isDrained = drain(fixture)
        fixture.loop.advanceTime(by: .seconds(9))
        #expect(!streaming.isClosed && !waiting.isClosed)
        fixture.loop.advanceTime(by: .seconds(2))
        #expect(streaming.isClosed && waiting.isClosed && isDrained())
        #expect(try waiting.onlyAnswer().status == 503)
        #expect(streaming.text.contains("shutting_down"))
        #expect(fixture.engine.snapshot().runningSequences == 0 && fixture.engine.snapshot().waitingRequests == 0)
    }

    @Test func drainsAtOnceWithoutConnections() throws {
        let isDrained = drain(GatewayFixture())
        #expect(isDrained())
    }
}
