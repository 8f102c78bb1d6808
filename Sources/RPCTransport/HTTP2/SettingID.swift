/// The settings of RFC 9113; others are to be ignored.
enum SettingID: UInt16 {
    case headerTableSize = 1
    case enablePush, maxConcurrentStreams, initialWindowSize, maxFrameSize, maxHeaderListSize
}
