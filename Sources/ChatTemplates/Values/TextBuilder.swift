/// Text under construction, with the ranges that the template wrote.
struct TextBuilder {
    private(set) var bytes: [UInt8] = []
    /// Ascending and not adjacent.
    private(set) var templateRanges: [Range<Int>] = []

    init(reserving capacity: Int = 0) {
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

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
        end.append(Text(bytes, .mixed(templateRanges)), start..<bytes.count)
        bytes.removeSubrange(start...)
        while let last = templateRanges.last, last.upperBound > start {
            templateRanges.removeLast()
            if last.lowerBound < start { templateRanges.append(last.lowerBound..<start) }
        }
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
        if templateRanges.isEmpty { return Text(bytes, bytes.isEmpty ? .template : .input) }
        if templateRanges.count == 1, templateRanges[0].count == bytes.count { return Text(bytes, .template) }
        return Text(bytes, .mixed(templateRanges))
    }

    private mutating func mark(_ range: Range<Int>) {
        if range.isEmpty { return }
        if let last = templateRanges.last, last.upperBound == range.lowerBound {
            templateRanges[templateRanges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            templateRanges.append(range)
        }
    }
}
