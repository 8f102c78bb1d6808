import JSONBytes
package import ServingModel

/// What the gateway must know of a request to find who decodes it, or that it goes on to an engine of the kind `http`:
/// found without building anything.
///
/// It agrees with the decoders: of a member that comes twice the last one counts, null is the same as absent, and keys
/// may be escaped. What they would complain of is taken for absent.
package struct RequestPeek: Sendable, Equatable {
    /// Nil if there is none, or no string, or an empty one.
    package private(set) var model: ModelID?
    /// Whether the response is wanted piece by piece.
    package private(set) var streams = false

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
        guard let value = scan.skipValue() else { return false }
        switch Self.name(body[key]) {
        case .model: model = Self.string(body[value]).flatMap { $0.isEmpty ? nil : ModelID($0) }
        case .stream: streams = Self.isTrue(body[value])
        case nil: break
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
    }

    /// What a key names, if it is looked for; the key has its quotation marks.
    private static func name(_ key: Slice<UnsafeRawBufferPointer>) -> Name? {
        let text = key.dropFirst().dropLast()
        if text.contains(UInt8(ascii: "\\")) { return string(key).flatMap(Name.init) }
        return switch text.count {
        case 5 where text.elementsEqual("model".utf8): .model
        case 6 where text.elementsEqual("stream".utf8): .stream
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
}
