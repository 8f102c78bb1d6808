import NIOCore
import NIOPosix
import NIOSSL
import RPCTransport
import Synchronization

/// Answers each call by its method's name, and counts what becomes of them.
final class ScriptedService: RPCService {
    typealias Script = @Sendable (RPCServerCall, ByteBuffer) -> Void

    private let scripts: [String: Script]
    private let cancelled = Mutex(0)

    init(_ scripts: [String: Script]) { self.scripts = scripts }

    convenience init(_ script: @escaping Script) { self.init(["Method": script]) }

    /// Calls whose `onCancelled` was called.
    var cancelledCalls: Int { cancelled.withLock { $0 } }

    func begin(_ call: RPCServerCall, message: ByteBuffer) {
        call.onCancelled = { self.cancelled.withLock { $0 += 1 } }
        let method = String(call.path.split(separator: "/").last ?? "")
        guard let script = scripts[method] else { return call.finish(RPCStatus(.unimplemented, call.path)) }
        script(call, message)
    }

    /// Sends each message back.
    static let echo = ScriptedService(["Once": echoOnce, "Method": echoOnce])

    private static let echoOnce: Script = { call, message in
        call.send(Array(message.readableBytesView))
        call.finish(.ok)
    }
}

/// Runs a server for a test.
func withServer(
    _ service: any RPCService, at address: RPCAddress = .tcp(host: "127.0.0.1", port: 0),
    tls: NIOSSLContext? = nil, limits: RPCServerLimits = RPCServerLimits(),
    _ body: (RPCServer, any EventLoop) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await RPCServer.start(service, at: address, tls: tls, limits: limits, on: group)
    do {
        try await body(server, group.next())
    } catch {
        await server.shutDown(drainSeconds: 0)
        throw error
    }
    await server.shutDown(drainSeconds: 0)
    try await group.shutdownGracefully()
}
