/// Cuts a `text/event-stream` into events, however its bytes are cut into chunks.
///
/// Follows the WHATWG HTML standard, section "Server-sent events": lines end in LF, CR or CRLF, a byte order mark at
/// the start and comments are passed over, `data` lines of one event are joined, an event without data is none, and one
/// that the end of the stream cuts off is dropped. `id` and `retry` are passed over: nobody reconnects.
package struct EventStreamSplitter {
    private let lineLimit: Int
    private let eventLimit: Int
    /// The line that has begun.
    private var line: [UInt8] = []
    /// The event that has begun.
    private var event = ServerSentEvent(data: [])
    private var hasData = false
    private var isFirstLine = true
    /// Whether the last byte was a CR, which a LF may still belong to.
    private var endedInCarriageReturn = false

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init(limits: ChatLimits = ChatLimits()) {
        lineLimit = limits.lineBytes
        eventLimit = limits.eventBytes
    }

    /// The events that `chunk` completes. After an error the splitter must not be used again.
    package mutating func append(_ chunk: some Sequence<UInt8>) throws(ChatFailure) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in chunk {
            let followsCarriageReturn = endedInCarriageReturn
            endedInCarriageReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where followsCarriageReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = try endLine() { events.append(event) }
            default:
                guard line.count < lineLimit else { throw .tooLarge(limit: "line", bytes: lineLimit) }
                line.append(byte)
            }
        }
        return events
    }

    /// Takes in the finished line; returns the event if it was the empty line that ends one.
    private mutating func endLine() throws(ChatFailure) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine, line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        isFirstLine = false
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            hasData = true
            guard event.data.count + value.count <= eventLimit else {
                throw .tooLarge(limit: "event", bytes: eventLimit)
            }
            event.data.append(contentsOf: value)
        case "event": event.name = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            event = ServerSentEvent(data: [])
            hasData = false
        }
        return hasData ? event : nil
    }
}
