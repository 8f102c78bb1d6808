import NIOCore

extension ChannelHandlerContext {
    /// Bytes that have been written to the connection, and that the system has not taken yet.
    var unsentBytes: Int { (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
}
