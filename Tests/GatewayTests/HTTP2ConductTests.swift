import Gateway
import NIOCore
import NIOEmbedded
import NIOHTTP2
import ServingModel
import ServingTesting
import Testing

/// Clients of HTTP/2 that leave, dawdle, do not read or misbehave; and a gateway that is told to stop.
struct HTTP2ConductTests {
    private let long = Script(tokens: [Array(repeating: TokenID(97), count: 200)])

    private func later(_ seconds: Double) -> Moment { WallClock.now.advanced(bySeconds: seconds) }

    @Test func cancelsWhenTheClientResetsAStream() throws {
        for (options, steps) in [("", 0), ("", 3), (#","stream":true"#, 0), (#","stream":true"#, 3)] {
            let fixture = GatewayFixture([long, long])
            let client = try HTTP2TestClient(fixture)
            let left = client.chat(options)
            let kept = client.chat(options)
            for _ in 0..<steps { fixture.step() }
            client.send(left, .rstStream(.cancel))
            #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: nil)])
            fixture.settle()
            #expect(client.answer(kept)?.isWhole == true)
            #expect(fixture.metric(#"drover_requests_total{outcome="abandoned"}"#) == "1")
            #expect(fixture.metric("drover_requests_running") == "0" && fixture.state.count == 1)
        }
    }

    @Test func cancelsEverythingWhenTheClientLeaves() throws {
        let fixture = GatewayFixture([long, long])
        let client = try HTTP2TestClient(fixture)
        client.chat()
        client.chat(#","stream":true"#)
        fixture.step()
        client.link.disconnect()
        let verbs = fixture.engine.verbs
        #expect(verbs.count == 2)
        #expect(fixture.engine.submissions.allSatisfy { verbs.contains(.cancel($0.id, choice: nil)) })
        #expect(fixture.state.count == 0 && fixture.metric("drover_requests_running") == "0")
    }

    @Test func pausesTheStreamThatIsNotReadAlone() throws {
        let fixture = GatewayFixture([long, long]) { $0.outboundBytes = 2000 }
        // A window that takes a few events, and no more until the client says so.
        let client = try HTTP2TestClient(fixture, window: 1000)
        let slow = client.chat(#","stream":true"#)
        fixture.settle()
        let id = fixture.engine.submissions[0].id
        #expect(fixture.engine.verbs == [.setPaused(id, true)])
        let received = try #require(client.answer(slow)).body.count
        #expect(received <= 1000)
        let other = client.post("/tokenize", #"{"prompt":"a"}"#)
        #expect(client.answer(other)?.status == 200, "others go on")
        client.send(slow, .windowUpdate(windowSizeIncrement: 1 << 20))
        #expect(fixture.engine.verbs == [.setPaused(id, true), .setPaused(id, false)])
        fixture.settle()
        #expect(client.answer(slow)?.isWhole == true)
        #expect(try client.answer(slow)?.events.last == "[DONE]")
    }

    @Test func givesUpAStreamThatIsNotRead() throws {
        let fixture = GatewayFixture([long]) { $0.outboundBytes = 2000 }
        let client = try HTTP2TestClient(fixture, window: 1000)
        let stream = client.chat(#","stream":true"#)
        fixture.settle()
        fixture.state.sweep(later(59))
        #expect(client.reset(stream) == nil)
        fixture.state.sweep(later(61))
        #expect(client.reset(stream) == .cancel && !client.isClosed)
        #expect(fixture.engine.verbs.last == .cancel(fixture.engine.submissions[0].id, choice: nil))
        // What is answered, and never taken, ends too.
        let answered = client.get("/metrics")
        #expect(client.answer(answered)?.isWhole == false)
        fixture.state.sweep(later(61))
        #expect(client.reset(answered) == .cancel)
    }

    @Test func aStreamMayTakeItsTime() throws {
        let fixture = GatewayFixture([long])
        let client = try HTTP2TestClient(fixture)
        let stream = client.chat(#","stream":true"#)
        fixture.state.sweep(later(100_000))
        fixture.step()
        fixture.state.sweep(later(100_000))
        fixture.settle()
        #expect(client.answer(stream)?.isWhole == true)
    }

    @Test func refusesABodyThatDoesNotCome() throws {
        let fixture = GatewayFixture()
        let client = try HTTP2TestClient(fixture)
        let stream = client.begin("POST", "/tokenize", [("content-type", "application/json")])
        fixture.state.sweep(later(119))
        #expect(client.answer(stream) == nil)
        fixture.state.sweep(later(121))
        #expect(client.answer(stream)?.status == 408)
    }

    @Test func closesConnectionsWithoutStreams() throws {
        for (seconds, request) in [(30.0, false), (90.0, true)] {
            let fixture = GatewayFixture()
            let client = try HTTP2TestClient(fixture)
            if request { client.get("/health") }
            fixture.state.sweep(later(seconds - 1))
            #expect(client.farewells().isEmpty)
            fixture.state.sweep(later(seconds + 1))
            #expect(client.farewells() == [.noError] && client.link.serverWire.hasEnded && !client.isClosed)
            fixture.state.sweep(later(seconds + 8))
            fixture.loop.run()
            #expect(client.isClosed && fixture.state.count == 0)
        }
    }

    // MARK: Misbehaviour

    @Test func breaksOffAClientThatResetsTooMuch() throws {
        let fixture = GatewayFixture([Script](repeating: long, count: 50)) { $0.resetStreams = 10 }
        let client = try HTTP2TestClient(fixture)
        for _ in 0..<10 { client.send(client.chat(), .rstStream(.cancel)) }
        #expect(!client.isClosed)
        let last = client.chat()
        client.send(last, .rstStream(.cancel))
        #expect(client.farewells() == [.enhanceYourCalm] && client.isClosed)
        fixture.settle()
        #expect(fixture.metric("drover_requests_running") == "0" && fixture.state.count == 0)
    }

    @Test func breaksOffAClientThatPingsTooMuch() throws {
        let fixture = GatewayFixture { $0.controlFrames = 10 }
        let client = try HTTP2TestClient(fixture)
        for _ in 0..<20 { client.send(.rootStream, .ping(HTTP2PingData(withInteger: 1), ack: false)) }
        #expect(client.farewells() == [.enhanceYourCalm] && client.isClosed)
    }

    @Test func breaksOffAClientWhoseHeadIsMuchTooLarge() throws {
        let fixture = GatewayFixture { $0.headerBytes = 4096 }
        let client = try HTTP2TestClient(fixture)
        client.get("/health", [("x", String(repeating: "a", count: 10_000))])
        #expect(client.farewells().count == 1 && client.isClosed)
    }

    @Test func breaksOffWhatIsNotHTTP2BehindThePreface() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        fixture.loop.run()
        #expect(client.isClosed && fixture.state.count == 0)
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
        let fixture = GatewayFixture()
        let client = try HTTP2TestClient(fixture)
        client.get("/health")
        let isDrained = drain(fixture)
        #expect(client.farewells() == [.noError] && client.isClosed && isDrained())
    }

    @Test func drainsWhenTheStreamsHaveEnded() throws {
        let fixture = GatewayFixture([long])
        let client = try HTTP2TestClient(fixture)
        let stream = client.chat(#","stream":true"#)
        fixture.step()
        let isDrained = drain(fixture)
        #expect(client.farewells() == [.noError, .noError], "first of all later streams, then of those after this one")
        let late = client.get("/health")
        #expect(client.answer(late) == nil)
        fixture.settle()
        #expect(client.answer(stream)?.isWhole == true)
        #expect(client.link.serverWire.hasEnded && !client.isClosed && !isDrained())
        client.link.disconnect()
        #expect(client.isClosed && isDrained())
    }

    @Test func breaksOffWhatDoesNotEnd() throws {
        let fixture = GatewayFixture([long, Script(isIgnored: true)])
        let client = try HTTP2TestClient(fixture)
        let streaming = client.chat(#","stream":true"#)
        let waiting = client.chat()
        fixture.step()
        let isDrained = drain(fixture)
        fixture.loop.advanceTime(by: .seconds(9))
        #expect(!client.isClosed)
        fixture.loop.advanceTime(by: .seconds(2))
        #expect(client.isClosed && isDrained())
        #expect(client.answer(waiting)?.status == 503)
        #expect(client.answer(streaming)?.text.contains("shutting_down") == true)
        #expect(fixture.engine.snapshot().runningSequences == 0 && fixture.engine.snapshot().waitingRequests == 0)
    }
}
