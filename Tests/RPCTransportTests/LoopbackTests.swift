import NIOCore
import NIOPosix
import RPCTransport
import Testing

/// The client and the server over real sockets.
struct LoopbackTests {
    @Test func answersUnaryCallsOverTCP() async throws {
        try await withServer(EchoService()) { server, group in
            let path = RPCPath(service: "test.Echo", method: "Once")
            for size in [0, 1, 100, 70_000, 3_000_000] {
                let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let answer = try await RPCSimpleClient.call(
                    RPCEndpoint(server.address), path, message: message, timeoutSeconds: 30, on: group.next())
                #expect(answer == [message], "\(size)")
            }
        }
    }
}

/// Sends each message back.
final class EchoService: RPCService {
    func begin(_ call: RPCServerCall, message: ByteBuffer) {
        call.send(Array(message.readableBytesView))
        call.finish(.ok)
    }
}

/// Runs a server for a test.
func withServer(
    _ service: any RPCService, at address: RPCAddress = .tcp(host: "127.0.0.1", port: 0),
    _ body: (RPCServer, MultiThreadedEventLoopGroup) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await RPCServer.start(service, at: address, tls: nil, on: group)
    do {
        try await body(server, group)
    } catch {
        await server.shutDown(drainSeconds: 0)
        throw error
    }
    await server.shutDown(drainSeconds: 0)
    try await group.shutdownGracefully()
}
