import JSONBytes
package import ServingModel

/// What the gateway must know of a request before it is decoded, or when it goes on to an engine of the kind `http` as
/// it came: found without building anything.
///
/// It agrees with the decoders: of a member that comes twice the last one counts, null is the same as absent, and keys
/// may be escaped. What they would complain of is taken for absent.
package struct RequestPeek: Sendable, Equatable {
    /// Nil if there is none, or no string, or an empty one.
    package private(set) var model: ModelID?
    /// Where the model's value stands in the body, quotation marks included.
    package private(set) var modelRange: Range<Int>?
    /// Whether the response is wanted piece by piece.
    package private(set) var streams = false
    /// Whether a streamed response is to end with the usage.
    package private(set) var includesUsage = false

    /// Nil if the body is no JSON object; the decoder then says what is wrong. O(bytes).
    package init?(_ body: [UInt8], limits: RequestLimits = RequestLimits()) {
        guard let peek = body.withUnsafeBytes({ RequestPeek($0, limits: limits) }) else { return nil }
        self = peek
    }

    /// Nil if the body is no JSON object; the decoder then says what is wrong. O(bytes).
    package init?(_ body: UnsafeRawBufferPointer, limits: RequestLimits = RequestLimits()) {
        guard Self.isUTF8(body) else { return nil }
        var scan = JSONScan(body, depthLimit: limits.nestingDepth)
        guard scan.enterObject() else { return nil }
        var isFirst = true
        while true {
            switch scan.nextMember(&isFirst) {
            case .fault: return nil
            case .end:
                guard scan.isAtEnd() else { return nil }
                return
            case .key(let key):
                guard take(key, from: body, scan: &scan) else { return nil }
            }
        }
    }

    /// Passes over a member's value and keeps what is looked for; false at a fault.
    private mutating func take(
        _ key: Range<Int>, from body: UnsafeRawBufferPointer, scan: inout JSONScan
    ) -> Bool {
        switch Self.name(body[key]) {
        case .model:
            guard let value = scan.skipValue() else { return false }
            model = Self.string(body[value]).flatMap { $0.isEmpty ? nil : ModelID($0) }
            modelRange = model == nil ? nil : value
        case .stream:
            guard let value = scan.skipValue() else { return false }
            streams = Self.isTrue(body[value])
        case .streamOptions:
            guard let value = scan.skipValue() else { return false }
            includesUsage = Self.includesUsage(UnsafeRawBufferPointer(rebasing: body[value]))
        case .includeUsage, nil: return scan.skipValue() != nil
        }
        return true
    }

    // MARK: Parts

    /// Whether bytes outside of strings are UTF-8 needs no look: JSON has none there but ASCII.
    private static func isUTF8(_ body: UnsafeRawBufferPointer) -> Bool {
        (try? UTF8Span(validating: body.assumingMemoryBound(to: UInt8.self).span)) != nil
    }

    /// The members that are looked for.
    private enum Name: String {
        case model
        case stream
        case streamOptions = "stream_options"
        case includeUsage = "include_usage"
    }

    /// What a key names, if it is looked for; the key has its quotation marks.
    private static func name(_ key: Slice<UnsafeRawBufferPointer>) -> Name? {
        let text = key.dropFirst().dropLast()
        if text.contains(UInt8(ascii: "\\")) { return string(key).flatMap(Name.init) }
        return switch text.count {
        case 5 where text.elementsEqual("model".utf8): .model
        case 6 where text.elementsEqual("stream".utf8): .stream
        case 13 where text.elementsEqual("include_usage".utf8): .includeUsage
        case 14 where text.elementsEqual("stream_options".utf8): .streamOptions
        default: nil
        }
    }

    /// The text of a value; nil if it is no string.
    private static func string(_ value: Slice<UnsafeRawBufferPointer>) -> String? {
        guard value.first == UInt8(ascii: "\"") else { return nil }
        var reader = JSONReader(Array(value))
        return try? reader.readString()
    }

    private static func isTrue(_ value: Slice<UnsafeRawBufferPointer>) -> Bool { value.elementsEqual("true".utf8) }

    private static func includesUsage(_ options: UnsafeRawBufferPointer) -> Bool {
        // It has been passed over already, within the limit.
        var scan = JSONScan(options, depthLimit: .max)
        var isFirst = true
        var includesUsage = false
        guard scan.enterObject() else { return false }
        while case .key(let key) = scan.nextMember(&isFirst), let value = scan.skipValue() {
            if name(options[key]) == .includeUsage { includesUsage = isTrue(options[value]) }
        }
        return includesUsage
    }
}
