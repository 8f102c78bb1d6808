/// What the server's SETTINGS allow.
struct PeerSettings {
    var concurrentStreams = Int.max
    var initialWindowBytes = HTTP2Limits.defaultWindowBytes
    var frameBytes = HTTP2Limits.frameBytes
    /// Whether the next header block must tell the size of the dynamic table.
    var awaitsTableSize = false

    /// Takes one setting; those that are not known are to be ignored.
    mutating func take(_ id: UInt16, _ value: UInt32) throws(ProtocolViolation) {
        switch SettingID(rawValue: id) {
        case .headerTableSize: awaitsTableSize = true
        case .enablePush:
            guard value == 0 else { throw ProtocolViolation(.protocolError, "a server that asks for server push") }
        case .maxConcurrentStreams: concurrentStreams = Int(value)
        case .initialWindowSize:
            guard value <= UInt32(HTTP2Limits.windowBytes) else {
                throw ProtocolViolation(.flowControlError, "INITIAL_WINDOW_SIZE \(value)")
            }
            initialWindowBytes = Int(value)
        case .maxFrameSize:
            guard HTTP2Limits.settableFrameBytes.contains(Int(value)) else {
                throw ProtocolViolation(.protocolError, "MAX_FRAME_SIZE \(value)")
            }
            frameBytes = Int(value)
        case .maxHeaderListSize, nil: break
        }
    }
}
