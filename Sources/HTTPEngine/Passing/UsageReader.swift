package import OpenAIAPI

/// Reads out of an answer, as its bytes pass, what it used and how it ended; and takes out of a stream the usage that
/// the gateway asked for and the client did not.
///
/// The bytes may be cut anywhere. Every byte is passed on as it is, but for the event with the usage and no choice
/// where it is hidden. Then an event that is not whole yet waits for its end, unless it is too long to be that one. An
/// event costs a few searches through its bytes; JSON is read only where usage or an error was found.
package struct UsageReader {
    /// What the answer says of the tokens that it took; numbers of later objects replace those of earlier ones.
    package private(set) var usage: TokenUsage?
    /// Whether the stream said that it is complete.
    package private(set) var sawDone = false
    /// Events that bore generated text: about the tokens of a stream that ended before it told its usage.
    package private(set) var tokenEvents = 0
    /// The message of an error that the stream bore in place of an answer's next part.
    package private(set) var failure: String?

    private let form: AnswerForm
    private let hidesUsage: Bool
    private var finder = UsageFinder()
    private var boundary = EventBoundary()
    /// The event that has begun, but for one that is too long to be read.
    private var held: [UInt8] = []
    private var isTooLong = false

    /// Bytes of an event that is read; those that matter have some hundreds.
    private static let eventLimit = 64 << 10

    /// - Parameters:
    ///   - form: how the answer is laid out.
    ///   - hidesUsage: whether the event with the usage and no choice is kept from the client.
    package init(form: AnswerForm, hidesUsage: Bool) {
        self.form = form
        self.hidesUsage = hidesUsage && form == .events
    }

    /// Takes the answer's next bytes; returns what the client is to get for them.
    @discardableResult
    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Passage {
        guard form == .events else {
            finder.read(bytes)
            usage = finder.usage
            return .unchanged
        }
        var output: [UInt8] = []
        // Interval map: [0, taken) is in the output or hidden, [taken, start) goes out, [start, …) is the next event.
        var taken = 0
        var start = 0
        var isChanged = !held.isEmpty
        while let end = boundary.end(in: bytes, from: start) {
            let isHidden = endEvent(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), output: &output)
            if isHidden {
                output += bytes[taken..<start]
                taken = end
                isChanged = true
            }
            start = end
        }
        if hold(UnsafeRawBufferPointer(rebasing: bytes[start...]), output: &output) {
            isChanged = true
        } else {
            start = bytes.count
        }
        guard hidesUsage, isChanged else { return .unchanged }
        output += bytes[taken..<start]
        return .replaced(output)
    }

    /// Ends the answer; returns what the client is still to get: the beginning of an event that was cut off.
    package mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if !held.isEmpty { _ = endEvent(UnsafeRawBufferPointer(start: nil, count: 0), output: &output) }
        return output
    }

    /// Reads the event that `rest` ends; returns whether it is hidden. What was held of it goes out if it isn't.
    private mutating func endEvent(_ rest: UnsafeRawBufferPointer, output: inout [UInt8]) -> Bool {
        defer {
            held.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        guard !isTooLong, held.count + rest.count <= Self.eventLimit else {
            if hidesUsage { output += held }
            return false
        }
        let report: EventReport
        if held.isEmpty {
            report = EventReport(of: rest, after: usage)
        } else {
            let begun = held.count
            held += rest
            report = held.withUnsafeBytes { EventReport(of: $0, after: usage) }
            if hidesUsage, !report.isUsageOnly { output += held[..<begun] }
        }
        usage = report.usage
        sawDone = sawDone || report.isDone
        tokenEvents += report.bearsText ? 1 : 0
        failure = failure ?? report.failure
        return hidesUsage && report.isUsageOnly
    }

    /// Keeps the beginning of an event; returns false if it is too long, and all of it goes out.
    private mutating func hold(_ bytes: UnsafeRawBufferPointer, output: inout [UInt8]) -> Bool {
        guard !isTooLong, held.count + bytes.count <= Self.eventLimit else {
            if hidesUsage { output += held }
            held.removeAll()
            isTooLong = true
            return false
        }
        held += bytes
        return !bytes.isEmpty
    }
}
