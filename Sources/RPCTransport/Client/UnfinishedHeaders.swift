/// A header block of which CONTINUATION is to come; its bytes are the connection's `headerBytes`.
struct UnfinishedHeaders {
    let streamID: UInt32
    /// Whether its HEADERS ended the stream.
    let endsStream: Bool
    /// The bytes of its frames, with their heads.
    var frameBytes: Int
}
