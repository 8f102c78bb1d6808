package import NIOCore
import NIOPosix
import NIOSSL

/// How connections begin.
extension RPCClientConnection {
    /// Connects, and succeeds when the server has sent its SETTINGS. Fails with an `RPCStatus`, and tells the owner
    /// nothing then. To be called on the loop.
    package static func connect(
        to endpoint: RPCEndpoint, on loop: any EventLoop, limits: RPCClientLimits = RPCClientLimits(),
        owner: any RPCClientOwner
    ) -> EventLoopFuture<RPCClientConnection> {
        loop.preconditionInEventLoop()
        let promise = loop.makePromise(of: RPCClientConnection.self)
        let connection = RPCClientConnection(
            on: loop, authority: endpoint.authority, isEncrypted: endpoint.tls != nil, firstStreamID: 1, limits: limits,
            owner: owner, opening: promise)
        connection.limitOpening()
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.fraction(ofSeconds: limits.connectSeconds))
            .channelOption(.recvAllocator, value: readSizes)
        let channel =
            switch endpoint.address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        channel.assumeIsolated().whenComplete { result in
            do {
                let channel = try result.get()
                guard connection.isReceiving else { return channel.close(promise: nil) }
                if let tls = endpoint.tls {
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: endpoint.tlsName)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                try channel.pipeline.syncOperations.addHandler(ClientChannelHandler(connection))
            } catch {
                connection.lose("cannot connect: \(error)")
            }
        }
        return promise.futureResult
    }

    /// Speaks over a channel that is connected, and secured if need be. To be called on the channel's loop.
    package static func open(
        over channel: any Channel, authority: String, firstStreamID: UInt32 = 1,
        limits: RPCClientLimits = RPCClientLimits(), owner: any RPCClientOwner
    ) -> EventLoopFuture<RPCClientConnection> {
        let promise = channel.eventLoop.makePromise(of: RPCClientConnection.self)
        let connection = RPCClientConnection(
            on: channel.eventLoop, authority: authority, isEncrypted: false, firstStreamID: firstStreamID,
            limits: limits, owner: owner, opening: promise)
        connection.limitOpening()
        do {
            try channel.pipeline.syncOperations.addHandler(ClientChannelHandler(connection))
        } catch {
            connection.lose("cannot connect: \(error)")
        }
        return promise.futureResult
    }

    private static var readSizes: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 4 << 10, initial: 16 << 10, maximum: 64 << 10)
    }

    private func limitOpening() {
        openingTimer = eventLoop.assumeIsolated().scheduleTask(in: .fraction(ofSeconds: limits.connectSeconds)) {
            self.lose("no HTTP/2 connection within \(self.limits.connectSeconds) s")
        }
    }

    /// Sends the preface: what the server may send, which is less in headers and more in bytes than the RFC's defaults.
    func start() {
        out.writeStaticString(HTTP2Limits.preface)
        out.writeSettings([
            (.enablePush, 0), (.initialWindowSize, limits.streamWindowBytes),
            (.maxHeaderListSize, HTTP2Limits.headerBytes),
        ])
        let more = limits.connectionWindowBytes - HTTP2Limits.defaultWindowBytes
        if more > 0 { out.writeWindowUpdate(streamID: 0, bytes: more) }
        flush()
    }
}
