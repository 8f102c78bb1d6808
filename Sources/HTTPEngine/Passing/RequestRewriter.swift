package import JSONBytes

/// Makes of a client's request body what an upstream gets, byte for byte the same but for two members.
///
/// The value of `model` becomes the upstream's own name where it has another one. A stream is asked for its usage
/// (`stream_options.include_usage`), so that it can be metered. A member that a client repeats is edited each time:
/// which of them counts is the upstream's choice.
package struct RequestRewriter: Sendable {
    /// The upstream's name of the model; nil leaves the client's.
    package var model: String?
    /// Whether streams are asked for their usage: chat completions and completions can be, other requests know no such
    /// option.
    package var asksForUsage: Bool

    package init(model: String?, asksForUsage: Bool) {
        self.model = model
        self.asksForUsage = asksForUsage
    }

    package struct Rewritten: Sendable, Equatable {
        package let body: [UInt8]
        package let isStreamed: Bool
        /// Whether the usage was asked for on the gateway's behalf only, and must be hidden from the client.
        package let hidesUsage: Bool
    }

    /// Bytes to put in the place of others.
    private struct Edit {
        let place: Range<Int>
        let bytes: [UInt8]
    }

    private static let member = Array(#""include_usage":true"#.utf8)

    /// Reads the body once; copies it only if something changes.
    ///
    /// - Throws: `JSONError` if the body is no JSON object.
    package func rewrite(_ body: [UInt8]) throws(JSONError) -> Rewritten {
        var reader = JSONReader(body)
        var scope = try reader.enterObject()
        let opening = reader.position
        var modelEdits: [Edit] = []
        var optionEdits: [Edit] = []
        var isStreamed = false
        var hasModel = false
        var hasOptions = false
        var isAsked = false
        var isEmpty = true
        while let key = try reader.nextKey(&scope) {
            isEmpty = false
            switch key {
            case "model":
                hasModel = true
                let place = try Self.skip(&reader)
                if let model { modelEdits.append(Edit(place: place, bytes: JSONValue.string(model).bytes)) }
            case "stream":
                isStreamed = try Self.readTruth(&reader)
            case "stream_options":
                hasOptions = true
                isAsked = try Self.readOptions(&reader, edits: &optionEdits)
            default: try reader.skipValue()
            }
        }
        try reader.finish()

        var added: [UInt8] = []
        if let model, !hasModel { added += Array(#""model":"#.utf8) + JSONValue.string(model).bytes }
        let asks = asksForUsage && isStreamed
        if asks, !hasOptions {
            added += Array((added.isEmpty ? "" : ",").utf8) + Array(#""stream_options":{"#.utf8) + Self.member + [0x7D]
        }
        var edits = modelEdits + (asks ? optionEdits : [])
        if !added.isEmpty {
            edits.append(Edit(place: opening..<opening, bytes: added + (isEmpty ? [] : [UInt8(ascii: ",")])))
        }
        return Rewritten(body: Self.apply(edits, to: body), isStreamed: isStreamed, hidesUsage: asks && !isAsked)
    }

    /// Passes over a value; returns where it stands.
    private static func skip(_ reader: inout JSONReader) throws(JSONError) -> Range<Int> {
        _ = reader.peek()
        let start = reader.position
        try reader.skipValue()
        return start..<reader.position
    }

    /// Reads a value; true stands for itself, and anything else is not.
    private static func readTruth(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        if reader.peek() == UInt8(ascii: "t") { return try reader.readBool() }
        try reader.skipValue()
        return false
    }

    /// Reads `stream_options`; returns whether they ask for usage, and appends the edits that make them.
    ///
    /// Options of a wrong type are left for the upstream to refuse.
    private static func readOptions(_ reader: inout JSONReader, edits: inout [Edit]) throws(JSONError) -> Bool {
        guard reader.peek() == UInt8(ascii: "{") else {
            let isNull = reader.peek() == UInt8(ascii: "n")
            let place = try skip(&reader)
            if isNull { edits.append(Edit(place: place, bytes: [0x7B] + member + [0x7D])) }
            return false
        }
        var scope = try reader.enterObject()
        let opening = reader.position
        var isAsked = false
        var isNamed = false
        var isEmpty = true
        while let key = try reader.nextKey(&scope) {
            isEmpty = false
            guard key == "include_usage" else {
                try reader.skipValue()
                continue
            }
            isNamed = true
            _ = reader.peek()
            let start = reader.position
            isAsked = try readTruth(&reader)
            if !isAsked { edits.append(Edit(place: start..<reader.position, bytes: Array("true".utf8))) }
        }
        if !isNamed {
            edits.append(
                Edit(place: opening..<opening, bytes: isEmpty ? member : member + [UInt8(ascii: ",")]))
        }
        return isAsked
    }

    private static func apply(_ edits: [Edit], to body: [UInt8]) -> [UInt8] {
        guard !edits.isEmpty else { return body }
        var result: [UInt8] = []
        result.reserveCapacity(body.count + edits.reduce(0) { $0 + $1.bytes.count })
        var copied = 0
        for edit in edits.sorted(by: { $0.place.lowerBound < $1.place.lowerBound }) {
            result += body[copied..<edit.place.lowerBound]
            result += edit.bytes
            copied = edit.place.upperBound
        }
        return result + body[copied...]
    }
}
