import NIOCore
import NIOHTTP2

// The gateway's limits in the words of the library that enforces them.

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// What a frame may have unless more is offered (RFC 9113, 6.5.2).
    private static let frameBytes = 1 << 14

    init(_ limits: GatewayConfiguration.Limits) {
        self.init()
        let headBytes = 2 * limits.headerBytes
        initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.concurrentStreams),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.streamWindowBytes),
            // Beyond this a connection is broken off; what is too much, but less, is told with an answer.
            HTTP2Setting(parameter: .maxHeaderListSize, value: headBytes),
        ]
        maximumSequentialContinuationFrames = headBytes / Self.frameBytes + 1
        // What is still on its way to a stream that was reset is no fault of the client.
        maximumRecentlyResetStreams = limits.concurrentStreams
        targetWindowSize = limits.connectionWindowBytes
        controlFrameRateLimit.maximumCount = limits.controlFrames
        controlFrameRateLimit.windowLength = .seconds(limits.abuseSeconds)
    }
}

extension NIOHTTP2Handler.StreamConfiguration {
    init(_ limits: GatewayConfiguration.Limits) {
        self.init()
        targetWindowSize = limits.streamWindowBytes
        outboundBufferSizeHighWatermark = limits.outboundBytes
        outboundBufferSizeLowWatermark = limits.outboundBytes / 4
        streamResetFrameRateLimit.maximumCount = limits.resetStreams
        streamResetFrameRateLimit.windowLength = .seconds(limits.abuseSeconds)
    }
}
