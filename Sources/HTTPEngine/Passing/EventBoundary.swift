/// Finds where server-sent events end in bytes that come in pieces: behind the first empty line.
///
/// Lines end in LF or CRLF, as they do from every server; the standard's lone CR is taken for text.
struct EventBoundary {
    /// Bytes of the line that has begun, and the first of them.
    private var lineBytes = 0
    private var lineStart: UInt8 = 0

    /// The offset behind the end of the event that goes on at `start`; nil if it does not end in these bytes, which are
    /// then taken in to their end.
    mutating func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var at = start
        while let feed = bytes.firstOffset(of: UInt8(ascii: "\n"), from: at) {
            let count = lineBytes + feed - at
            let first = lineBytes > 0 ? lineStart : bytes[at]
            lineBytes = 0
            at = feed + 1
            if count == 0 || count == 1 && first == UInt8(ascii: "\r") { return at }
        }
        if at < bytes.count {
            if lineBytes == 0 { lineStart = bytes[at] }
            lineBytes += bytes.count - at
        }
        return nil
    }
}
