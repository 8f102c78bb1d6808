import JSONBytes
import OpenAIAPI

/// What one server-sent event of an answer says, found by a few searches through its bytes; its JSON is read only if it
/// bears usage or an error.
struct EventReport {
    /// Whether it is the `[DONE]` that ends a stream.
    private(set) var isDone = false
    /// Whether it bears text that was generated: content, reasoning, or arguments of a call.
    private(set) var bearsText = false
    /// Whether it bears usage and no choice: the event that a client gets for `include_usage`.
    private(set) var isUsageOnly = false
    /// The usage so far.
    private(set) var usage: TokenUsage?
    /// The message of an error.
    private(set) var failure: String?

    private static let choices = Array(#""choices""#.utf8)
    private static let error = Array(#""error""#.utf8)
    /// The members whose values are generated text: `delta` is OpenAI's Responses API's.
    private static let texts = ["content", "text", "reasoning_content", "reasoning", "arguments", "delta"].map {
        Array("\"\($0)\"".utf8)
    }

    /// - Parameters:
    ///   - event: the event's lines.
    ///   - usage: the usage before it.
    init(of event: UnsafeRawBufferPointer, after usage: TokenUsage?) {
        self.usage = usage
        var data: Range<Int>?
        var joined: [UInt8] = []
        var start = 0
        while start < event.count {
            let end = event.firstOffset(of: UInt8(ascii: "\n"), from: start) ?? event.count
            if let line = Self.data(in: event, line: start..<end) {
                // JSON stands on one line, but need not: the parts of one that does not are joined.
                if let data, joined.isEmpty { joined += event[data] }
                if data == nil { data = line } else { joined += event[line] }
            }
            start = end + 1
        }
        guard let data else { return }
        if joined.isEmpty {
            read(UnsafeRawBufferPointer(rebasing: event[data]))
        } else {
            joined.withUnsafeBytes { read($0) }
        }
    }

    /// Where the value of a `data` line is, without white space around it; nil if the line is another one.
    private static func data(in event: UnsafeRawBufferPointer, line: Range<Int>) -> Range<Int>? {
        let name: StaticString = "data:"
        let count = name.utf8CodeUnitCount
        guard line.count >= count else { return nil }
        for offset in 0..<count where event[line.lowerBound + offset] != name.utf8Start[offset] { return nil }
        var start = line.lowerBound + count
        var end = line.upperBound
        while start < end, event[start] <= 0x20 { start += 1 }
        while start < end, event[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }

    private mutating func read(_ data: UnsafeRawBufferPointer) {
        guard data.first == UInt8(ascii: "{") else {
            isDone = data.elementsEqual("[DONE]".utf8)
            return
        }
        let choices = data.firstOffset(of: Self.choices, from: 0).map { $0 + Self.choices.count }
        bearsText = Self.bearsText(data, from: choices ?? 0)
        if data.firstOffset(of: UsageFinder.key, from: 0) != nil {
            var finder = UsageFinder(after: usage)
            finder.read(data)
            usage = finder.usage
            isUsageOnly = finder.objects > 0 && (choices.map { Self.isEmptyArray(data, from: $0) } ?? false)
        }
        if choices == nil, data.firstOffset(of: Self.error, from: 0) != nil {
            failure = UpstreamErrorText(parsing: Array(data))?.message
        }
    }

    private static func bearsText(_ data: UnsafeRawBufferPointer, from start: Int) -> Bool {
        texts.contains { key in
            var at = start
            while let found = data.firstOffset(of: key, from: at) {
                at = found + key.count
                guard let colon = data.offset(behind: UInt8(ascii: ":"), from: at),
                    let quote = data.offset(behind: UInt8(ascii: "\""), from: colon)
                else { continue }
                if quote < data.count, data[quote] != UInt8(ascii: "\"") { return true }
            }
            return false
        }
    }

    /// Whether an array without elements follows a key.
    private static func isEmptyArray(_ data: UnsafeRawBufferPointer, from start: Int) -> Bool {
        guard let colon = data.offset(behind: UInt8(ascii: ":"), from: start),
            let bracket = data.offset(behind: UInt8(ascii: "["), from: colon)
        else { return false }
        return data.offset(behind: UInt8(ascii: "]"), from: bracket) != nil
    }
}
