import NIOCore
import RPCTransport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The client and the server over real sockets.
struct LoopbackTests {
    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 2) }
    }

    @Test func answersUnaryCallsOverTCP() async throws {
        try await withServer(ScriptedService.echo) { server, loop in
            let path = RPCPath(service: "test.Service", method: "Once")
            for size in [0, 1, 100, 70_000, 3_000_000] {
                let message = Self.pattern(size)
                let answer = try await RPCSimpleClient.call(
                    RPCEndpoint(server.address), path, message: message, timeoutSeconds: 60, on: loop)
                #expect(answer == [message], "\(size)")
            }
        }
    }

    @Test func answersOverUnixSockets() async throws {
        let path = FileLocation.newSocket()
        try await withServer(ScriptedService.echo, at: .unixSocket(path: path)) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            #expect(try await client.call("Method", [1, 2]).messages == [[1, 2]])
            try await client.close()
        }
        #expect(access(path, F_OK) != 0, "the server takes its socket away")
    }

    @Test func streamsManyCallsAtOnce() async throws {
        let service = ScriptedService { call, message in
            let count = message.readableBytesView.first.map(Int.init) ?? 0
            for index in 0..<count {
                call.send(Self.pattern(index * 13))
                if index % 3 == 0 { call.flush() }
            }
            call.finish(RPCStatus(.ok))
        }
        var limits = RPCServerLimits()
        limits.concurrentStreams = 10
        try await withServer(service, limits: limits) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let answer = try await client.call("Method", [UInt8(index)])
                        #expect(answer.status.code == .ok)
                        #expect(answer.messages == (0..<index).map { Self.pattern($0 * 13) })
                    }
                }
                try await group.waitForAll()
            }
            try await client.close()
        }
    }

    @Test func keepsToSmallWindowsBothWays() async throws {
        let service = ScriptedService { call, message in
            for _ in 0..<3 { call.send(Array(message.readableBytesView)) }
            call.finish(.ok)
        }
        var (serverLimits, limits) = (RPCServerLimits(), RPCClientLimits())
        serverLimits.streamWindowBytes = 100
        serverLimits.connectionWindowBytes = 65_535
        limits.streamWindowBytes = 150
        limits.connectionWindowBytes = 65_535
        try await withServer(service, limits: serverLimits) { [limits] server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), limits: limits, on: loop)
            let message = Self.pattern(5000)
            async let first = client.call("Method", message)
            async let second = client.call("Method", message)
            #expect(try await first.messages == [message, message, message])
            #expect(try await second.messages == [message, message, message])
            try await client.close()
        }
    }

    @Test func pausesTheServer() async throws {
        let stopped = Signal()
        let service = ScriptedService { call, _ in
            var left = 100
            var isWritable = true
            let send = {
                while isWritable, left > 0 {
                    left -= 1
                    call.send(Self.pattern(10_000))
                    call.flush()
                }
                if left == 0 { call.finish(.ok) }
            }
            call.onWritable = {
                isWritable = $0
                if isWritable { send() } else { stopped.fire() }
            }
            send()
        }
        var limits = RPCClientLimits()
        limits.streamWindowBytes = 50_000
        try await withServer(service) { [limits] server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), limits: limits, on: loop)
            async let answer = client.call("Method", pauseAfter: 1)
            await stopped.wait()
            try await client.resume()
            #expect(try await answer.messages.count == 100)
            try await client.close()
        }
    }

    @Test func tellsTheServerOfCancelledCalls() async throws {
        let begun = Signal()
        let service = ScriptedService([
            "Method": { call, _ in
                call.send([1])
                call.flush()
            }, "Wait": { _, _ in begun.fire() },
        ])
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            #expect(try await client.call("Method", cancelAfter: 1).messages == [[1]])
            #expect(try await client.call("Method", timeoutSeconds: 0.05).status.code == .deadlineExceeded)
            // The server answers in order, so it has seen the reset before this.
            #expect(
                try await client.call("Other").status
                    == RPCStatus(.unimplemented, "/test.Service/Other", isFromServer: true))
            #expect(service.cancelledCalls == 2)
            async let open = client.call("Wait")
            await begun.wait()
            try await client.close()
            #expect(try await open.status.code == .unavailable)
        }
        #expect(service.cancelledCalls == 3)
    }

    @Test func carriesStatusAndMetadata() async throws {
        let service = ScriptedService { call, _ in
            #expect(call.timeoutSeconds == 30)
            #expect(call.metadata.contains { $0.0 == "user-agent" && $0.1 == "drover" })
            call.finish(RPCStatus(.outOfRange, "0 % — «no»\n"))
        }
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            let status = try await client.call(timeoutSeconds: 30).status
            #expect(status == RPCStatus(.outOfRange, "0 % — «no»\n", isFromServer: true))
            try await client.close()
        }
    }

    @Test func refusesRequestsThatAreTooLong() async throws {
        var limits = RPCServerLimits()
        limits.messageBytes = 1000
        try await withServer(ScriptedService.echo, limits: limits) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            #expect(try await client.call("Method", Self.pattern(1000)).status.code == .ok)
            #expect(try await client.call("Method", Self.pattern(1001)).status.code == .resourceExhausted)
            #expect(try await client.call("Method", Self.pattern(1_000_000)).status.code == .resourceExhausted)
            let fine = try await client.call("Method", Self.pattern(10)).status
            #expect(fine == RPCStatus(.ok, isFromServer: true))
            try await client.close()
        }
    }

    @Test func letsOpenCallsEndWhenShutDown() async throws {
        let (begun, goOn) = (Signal(), Signal())
        let service = ScriptedService { call, _ in
            let loop = call.eventLoop
            let bound = NIOLoopBound(call, eventLoop: loop)
            begun.fire()
            goOn.onFire {
                loop.execute {
                    bound.value.send([9])
                    bound.value.finish(.ok)
                }
            }
        }
        try await withServer(service) { server, loop in
            let client = try await LoopClient.connect(RPCEndpoint(server.address), on: loop)
            async let answer = client.call()
            await begun.wait()
            async let end: Void = server.shutDown(drainSeconds: 60)
            while try await client.acceptsCalls { await Task.yield() }
            goOn.fire()
            #expect(try await answer.messages == [[9]])
            await end
            #expect(try await client.closed().contains("GOAWAY"))
        }
    }

    @Test func endsSimpleCallsThatFail() async throws {
        let path = RPCPath(service: "test.Service", method: "Method")
        let service = ScriptedService { call, _ in
            call.send([1]); call.flush()
        }
        try await withServer(service) { server, loop in
            let endpoint = RPCEndpoint(server.address)
            await #expect(throws: RPCStatus.self) {
                try await RPCSimpleClient.call(endpoint, path, message: [], timeoutSeconds: 0.05, on: loop)
            }
            let task = Task {
                do throws(RPCStatus) {
                    _ = try await RPCSimpleClient.call(endpoint, path, message: [], timeoutSeconds: 60, on: loop)
                    return RPCStatus.ok
                } catch {
                    return error
                }
            }
            task.cancel()
            #expect(await task.value.code == .cancelled)
            await server.shutDown(drainSeconds: 0)
            do throws(RPCStatus) {
                _ = try await RPCSimpleClient.call(endpoint, path, message: [], timeoutSeconds: 5, on: loop)
                Issue.record("nobody listens")
            } catch {
                #expect(error.code == .unavailable && error.isUnprocessed && !error.isFromServer)
            }
        }
    }
}
