/// Text under construction, with the ranges that the template wrote.
struct TextBuilder {
    private(set) var bytes: [UInt8] = []
    /// What the template wrote but for the last range, which may grow: ascending and not adjacent.
    private var closedRanges: [Range<Int>] = []
    private var lastRange = 0..<0

    init(reserving capacity: Int = 0) {
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// What the template wrote: ascending and not adjacent.
    var templateRanges: [Range<Int>] { lastRange.isEmpty ? closedRanges : closedRanges + [lastRange] }

    mutating func append(_ text: Text) {
        let start = bytes.count
        bytes.append(contentsOf: text.bytes)
        switch text.origin {
        case .input: break
        case .template: mark(start..<bytes.count)
        case .mixed(let ranges): for range in ranges { mark(start + range.lowerBound..<start + range.upperBound) }
        }
    }

    /// Appends a part of `text`.
    mutating func append(_ text: Text, _ part: Range<Int>) {
        let start = bytes.count
        bytes.append(contentsOf: text.bytes[part])
        switch text.origin {
        case .input: break
        case .template: mark(start..<bytes.count)
        case .mixed(let ranges):
            for range in ranges where range.overlaps(part) {
                let clipped = range.clamped(to: part)
                let shift = start - part.lowerBound
                mark(clipped.lowerBound + shift..<clipped.upperBound + shift)
            }
        }
    }

    mutating func appendInput(_ input: some Collection<UInt8>) {
        bytes.append(contentsOf: input)
    }

    /// Removes what was appended since there were `start` bytes.
    mutating func cut(from start: Int) -> Text {
        var end = TextBuilder()
        let ranges = templateRanges
        end.append(Text(bytes, .mixed(ranges)), start..<bytes.count)
        bytes.removeSubrange(start...)
        (closedRanges, lastRange) = ([], 0..<0)
        for range in ranges where range.lowerBound < start { mark(range.clamped(to: 0..<start)) }
        return end.finish()
    }

    /// Gives the bytes away, so that input can be appended to them elsewhere; `giveBack` must follow.
    mutating func takeBytes() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    mutating func giveBack(_ bytes: consuming [UInt8]) { self.bytes = bytes }

    consuming func finish() -> Text {
        if lastRange.isEmpty { return Text(bytes, bytes.isEmpty ? .template : .input) }
        if lastRange.count == bytes.count { return Text(bytes, .template) }
        return Text(bytes, .mixed(templateRanges))
    }

    private mutating func mark(_ range: Range<Int>) {
        if range.isEmpty { return }
        if lastRange.upperBound == range.lowerBound, !lastRange.isEmpty || range.lowerBound == 0 {
            lastRange = lastRange.lowerBound..<range.upperBound
        } else {
            if !lastRange.isEmpty { closedRanges.append(lastRange) }
            lastRange = range
        }
    }
}
