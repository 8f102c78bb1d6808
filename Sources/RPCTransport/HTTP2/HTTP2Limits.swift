/// Numbers of RFC 9113.
enum HTTP2Limits {
    static let defaultWindowBytes = 65_535
    /// The largest window, and the largest stream id.
    static let windowBytes = 0x7fff_ffff
    static let streamID: UInt32 = 0x7fff_ffff
    /// The largest frame that every peer takes; this end takes no larger one.
    static let frameBytes = 16_384
    static let settableFrameBytes = 16_384...16_777_215
    /// The largest header block taken, before and after decoding, with its frames' heads.
    static let headerBytes = 64 << 10
    /// The most answers to PING and SETTINGS that may wait for a peer that does not read.
    static let unreadControlFrames = 10_000

    static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
}
