import NIOCore
import NIOHPACK
import NIOHTTP2

/// Gathers one call's request and hands it to the service; then tells the call what becomes of its stream.
final class ServerStreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let service: any RPCService
    private let limits: RPCServerLimits
    private var call: RPCServerCall?
    private var body = ByteBuffer()
    private var hasBegun = false

    init(_ service: any RPCService, limits: RPCServerLimits) {
        self.service = service
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            if call == nil { take(headers.headers, context) }
            if headers.endStream { begin() }
        case .data(let data):
            if case .byteBuffer(var bytes) = data.data { add(&bytes) }
            if data.endStream { begin() }
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        call?.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        call?.lost()
        context.fireChannelInactive()
    }

    /// Whatever went wrong with the stream, its channel becomes inactive by it or is closed here.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        call?.lost()
        context.close(promise: nil)
    }

    private func take(_ headers: HPACKHeaders, _ context: ChannelHandlerContext) {
        let call = RPCServerCall(
            path: headers.first(name: ":path") ?? "",
            metadata: headers.lazy.filter { !$0.name.hasPrefix(":") }.map { ($0.name, $0.value) },
            timeoutSeconds: headers.first(name: "grpc-timeout").flatMap(GRPCTimeout.seconds), context: context)
        self.call = call
        guard headers.first(name: "content-type")?.hasPrefix("application/grpc") ?? false else {
            return refuse(RPCStatus(.invalidArgument, "content-type is not application/grpc"))
        }
    }

    private func add(_ bytes: inout ByteBuffer) {
        guard let call, !call.hasEnded else { return }
        body.writeBuffer(&bytes)
        guard body.readableBytes >= MessagePrefix.size else { return }
        let (flag, length) = body.withUnsafeReadableBytes { ($0[0], MessagePrefix.length($0)) }
        if let refusal = MessagePrefix.refusal(flag: flag, length: length, limit: limits.messageBytes) {
            let code: RPCStatusCode = flag == 0 ? .resourceExhausted : .unimplemented
            refuse(RPCStatus(code, refusal.message))
        } else if body.readableBytes > MessagePrefix.size + length {
            refuse(RPCStatus(.unimplemented, "more than one request message"))
        }
    }

    private func begin() {
        guard let call, !call.hasEnded, !hasBegun else { return }
        hasBegun = true
        let message = body
        body = ByteBuffer()
        guard let length = message.getInteger(at: message.readerIndex + 1, as: UInt32.self),
            let whole = message.getSlice(at: message.readerIndex + MessagePrefix.size, length: Int(length))
        else { return refuse(RPCStatus(.invalidArgument, "the request ended in the middle of its message")) }
        service.begin(call, message: whole)
    }

    /// Answers a request that the service does not see, and reads no more of it.
    private func refuse(_ status: RPCStatus) {
        body = ByteBuffer()
        call?.finish(status)
    }
}
