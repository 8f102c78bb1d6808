import HTTPEngine
import NIOCore
import NIOPosix
import Testing

/// Clients that go, servers that fail, and time that passes.
struct ForwardingFailureTests {
    /// A promise on any loop, for what a script tells the test.
    private func makePromise<Value: Sendable>(of type: Value.Type = Value.self) -> EventLoopPromise<Value> {
        MultiThreadedEventLoopGroup.singleton.any().makePromise()
    }

    @Test func cancelClosesTheConnectionMidStream() async throws {
        let closed = makePromise(of: Void.self)
        try await ScriptedServer.with { exchange in
            exchange.channel.closeFuture.cascade(to: closed)
            exchange.begin()
            exchange.part("data: 1\n\n".utf8)
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let begun = makePromise(of: Void.self)
                let collector = AnswerCollector(on: fixture.loop) { _ in begun.succeed() }
                let forwarding = fixture.forward(to: collector)
                try await begun.futureResult.get()
                forwarding.cancel()
                forwarding.cancel()
                let answer = try await collector.whole
                #expect(answer.failure?.cause == .cancelled)
                #expect(answer.failure?.progress == .answering)
                try await closed.futureResult.get()
            }
        }
    }

    @Test func cancelClosesTheConnectionBeforeTheAnswer() async throws {
        let asked = makePromise(of: Void.self)
        let closed = makePromise(of: Void.self)
        try await ScriptedServer.with { exchange in
            exchange.channel.closeFuture.cascade(to: closed)
            asked.succeed()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let collector = AnswerCollector(on: fixture.loop)
                let forwarding = fixture.forward(to: collector)
                try await asked.futureResult.get()
                forwarding.cancel()
                let answer = try await collector.whole
                #expect(answer.status == nil)
                #expect(answer.failure?.cause == .cancelled)
                #expect(answer.failure?.mayHaveBeenProcessed == true)
                try await closed.futureResult.get()
            }
        }
    }

    @Test func cancelAtOnceSendsNothing() async throws {
        try await ScriptedServer.with {
            $0.answer("{}")
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let collector = AnswerCollector(on: fixture.loop)
                try await fixture.loop.submit { fixture.forward(to: collector).cancel() }.get()
                let failure = try await collector.whole.failure
                #expect(failure?.cause == .cancelled && failure?.mayHaveBeenProcessed == false)
            }
        }
    }

    @Test func cancelBehindTheEndDoesNothing() async throws {
        try await ScriptedServer.with {
            $0.answer("{}")
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let collector = AnswerCollector(on: fixture.loop)
                let forwarding = fixture.forward(to: collector)
                let failure = try await collector.whole.failure
                forwarding.cancel()
                let nextFailure = try await fixture.answer().failure
                #expect(failure == nil && nextFailure == nil)
            }
        }
    }

    @Test func pauseBoundsWhatIsRead() async throws {
        let part = [UInt8](repeating: 7, count: 64 << 10)
        let parts = 256
        let written = makePromise(of: Void.self)
        try await ScriptedServer.with { exchange in
            exchange.begin()
            for _ in 0..<parts { exchange.part(part) }
            exchange.end()
            written.succeed()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let paused = makePromise(of: Void.self)
                let received = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: fixture.loop)
                let handle = NIOLoopBoundBox.makeBoxSendingValue(HTTPForwarding?.none, eventLoop: fixture.loop)
                let collector = AnswerCollector(on: fixture.loop) { count in
                    if received.value == 0 {
                        handle.value?.setPaused(true)
                        paused.succeed()
                    }
                    received.value = count
                }
                try await fixture.loop.submit { handle.value = fixture.forward(to: collector) }.get()
                try await paused.futureResult.get()
                try await written.futureResult.get()
                let count = try await fixture.loop.submit {
                    let count = received.value
                    handle.value?.setPaused(false)
                    return count
                }.get()
                #expect(count <= 1 << 20, "of \(parts * part.count)")
                let answer = try await collector.whole
                #expect(answer.failure == nil && answer.body.count == parts * part.count)
            }
        }
    }

    @Test func timeInPauseDoesNotCount() async throws {
        var limits = HTTPUpstreamLimits()
        limits.idleSeconds = 0.5
        try await ScriptedServer.with { exchange in
            exchange.begin()
            exchange.part("1".utf8)
            exchange.channel.eventLoop.scheduleTask(in: .milliseconds(700)) {
                exchange.part("2".utf8)
                exchange.end()
            }
        } _: { server in
            try await UpstreamFixture.with(port: server.port, limits: limits) { fixture in
                let handle = NIOLoopBoundBox.makeBoxSendingValue(HTTPForwarding?.none, eventLoop: fixture.loop)
                let collector = AnswerCollector(on: fixture.loop) { count in
                    guard count == 1, let forwarding = handle.value else { return }
                    forwarding.setPaused(true)
                    fixture.loop.scheduleTask(in: .milliseconds(800)) { forwarding.setPaused(false) }
                }
                try await fixture.loop.submit { handle.value = fixture.forward(to: collector) }.get()
                let answer = try await collector.whole
                #expect(answer.failure == nil && answer.text == "12")
            }
        }
    }

    @Test func tellsARefusedConnection() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 1
        try await channel.close()
        try await UpstreamFixture.with(port: port) { fixture in
            let failure = try await fixture.answer().failure
            #expect(failure?.cause == .unreachable)
            #expect(failure?.reason == "Connection refused")
            #expect(failure?.mayHaveBeenProcessed == false)
        }
    }

    @Test func tellsALossMidStream() async throws {
        try await ScriptedServer.with { exchange in
            exchange.begin()
            exchange.part("data: 1\n\n".utf8)
            exchange.close()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.text == "data: 1\n\n")
                #expect(answer.failure?.cause == .lost)
                #expect(answer.failure?.progress == .answering)
            }
        }
    }

    @Test(arguments: [
        ("", HTTPForwardFailure.Cause.lost), ("HTTP/1.1 200 O", .lost), ("HTTP/1.1 200 OK\r\ncontent-le", .lost),
        ("SSH-2.0-OpenSSH\r\n\r\n", .malformed), ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", .malformed),
    ])
    func tellsAnAnswerThatIsNone(bytes: String, cause: HTTPForwardFailure.Cause) async throws {
        try await ScriptedServer.with { exchange in
            exchange.send(bytes)
            exchange.close()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.status == nil)
                #expect(answer.failure?.cause == cause)
                #expect(answer.failure?.progress == .sent)
            }
        }
    }

    @Test(arguments: [false, true]) func tellsASilence(hasHead: Bool) async throws {
        var limits = HTTPUpstreamLimits()
        limits.firstByteSeconds = 0.5
        let closed = makePromise(of: Void.self)
        try await ScriptedServer.with { exchange in
            exchange.channel.closeFuture.cascade(to: closed)
            if hasHead { exchange.begin() }
        } _: { server in
            try await UpstreamFixture.with(port: server.port, limits: limits) { fixture in
                let failure = try await fixture.answer().failure
                // A server that has not been sent the request has no connection to see closed.
                try #require(failure?.cause == .silent && failure?.progress == .sent)
                #expect(failure?.reason == "the server sent nothing for 0.5 s")
                try await closed.futureResult.get()
            }
        }
    }

    @Test func tellsASilenceMidStream() async throws {
        var limits = HTTPUpstreamLimits()
        limits.idleSeconds = 0.05
        try await ScriptedServer.with { exchange in
            exchange.begin()
            exchange.part("data: 1\n\n".utf8)
        } _: { server in
            try await UpstreamFixture.with(port: server.port, limits: limits) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.failure?.cause == .silent && answer.failure?.progress == .answering)
                #expect(answer.text == "data: 1\n\n")
            }
        }
    }

    @Test func shuttingDownEndsWhatRuns() async throws {
        let asked = makePromise(of: Void.self)
        try await ScriptedServer.with { _ in
            asked.succeed()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let collector = AnswerCollector(on: fixture.loop)
                fixture.forward(to: collector)
                try await asked.futureResult.get()
                await fixture.upstream.shutDown()
                let failure = try await collector.whole.failure
                #expect(failure?.cause == .stopping)
                let nextFailure = try await fixture.answer().failure
                #expect(nextFailure?.cause == .stopping)
            }
        }
    }
}
