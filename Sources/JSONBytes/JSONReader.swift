/// A pull reader over the bytes of one JSON text (RFC 8259).
///
/// The caller asks for what it expects and skips what it does not want; nothing is built that was not asked for:
///
///     var object = try reader.enterObject()
///     while let key = try reader.nextKey(&object) {
///         switch key {
///         case "name": name = try reader.readString()
///         default: try reader.skipValue()
///         }
///     }
///
/// Every verb throws a `JSONError` that bears the offset, after which the reader must not be used again.
package struct JSONReader {
    /// How far the reader has come inside one object or array.
    package struct Scope {
        var isFirst = true
    }

    let bytes: [UInt8]
    /// The offset of the next byte to read.
    package internal(set) var position = 0
    /// Objects and arrays that are open.
    var depth = 0
    /// Objects and arrays that may be open at once.
    let depthLimit: Int

    package init(_ bytes: [UInt8], depthLimit: Int = 256) {
        precondition(depthLimit > 0, "a JSON text needs at least one level")
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// The first byte of the next value, white space skipped; nil at the end of the text.
    package mutating func peek() -> UInt8? {
        skipWhiteSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    package mutating func enterObject() throws(JSONError) -> Scope {
        try expect(UInt8(ascii: "{"), "an object")
        try descend()
        return Scope()
    }

    /// The next member's key, with the reader placed before its value; nil when the object has ended.
    package mutating func nextKey(_ scope: inout Scope) throws(JSONError) -> String? {
        guard try nextItem(&scope, closing: UInt8(ascii: "}")) else { return nil }
        let key = try readString()
        try expect(UInt8(ascii: ":"), "':' after a key")
        return key
    }

    package mutating func enterArray() throws(JSONError) -> Scope {
        try expect(UInt8(ascii: "["), "an array")
        try descend()
        return Scope()
    }

    /// Whether another element follows; the reader is then placed before it.
    package mutating func nextElement(_ scope: inout Scope) throws(JSONError) -> Bool {
        try nextItem(&scope, closing: UInt8(ascii: "]"))
    }

    package mutating func readBool() throws(JSONError) -> Bool {
        if peek() == UInt8(ascii: "t") {
            try readLiteral("true")
            return true
        }
        try readLiteral("false")
        return false
    }

    /// Reads `null` if that is the next value.
    package mutating func readNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try readLiteral("null")
        return true
    }

    package mutating func readInteger() throws(JSONError) -> Int {
        skipWhiteSpace()
        let start = position
        guard case .integer(let value) = try readNumber() else { throw JSONError(.expected("an integer"), at: start) }
        return value
    }

    package mutating func readDouble() throws(JSONError) -> Double {
        switch try readNumber() {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .largeInteger(let digits): Double(digits) ?? .infinity
        default: preconditionFailure("readNumber returns numbers")
        }
    }

    /// Reads any value into a tree.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        guard let byte = peek() else { throw JSONError(.unexpectedEnd, at: position) }
        switch byte {
        case UInt8(ascii: "{"):
            var scope = try enterObject()
            var object = JSONObject()
            while let key = try nextKey(&scope) { object[key] = try readValue() }
            return .object(object)
        case UInt8(ascii: "["):
            var scope = try enterArray()
            var array: [JSONValue] = []
            while try nextElement(&scope) { array.append(try readValue()) }
            return .array(array)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try readBool())
        case UInt8(ascii: "n"):
            try readLiteral("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        default: throw JSONError(.expected("a value"), at: position)
        }
    }

    /// Passes over one value of any kind, checking its syntax.
    package mutating func skipValue() throws(JSONError) {
        guard let byte = peek() else { throw JSONError(.unexpectedEnd, at: position) }
        switch byte {
        case UInt8(ascii: "{"):
            var scope = try enterObject()
            while try nextKey(&scope) != nil { try skipValue() }
        case UInt8(ascii: "["):
            var scope = try enterArray()
            while try nextElement(&scope) { try skipValue() }
        default: _ = try readValue()
        }
    }

    /// The bytes of the next value as they stand in the text.
    package mutating func readRawValue() throws(JSONError) -> ArraySlice<UInt8> {
        skipWhiteSpace()
        let start = position
        try skipValue()
        return bytes[start..<position]
    }

    /// Makes sure that nothing but white space follows.
    package mutating func finish() throws(JSONError) {
        if peek() != nil { throw JSONError(.trailingBytes, at: position) }
    }

    // MARK: Parts

    private mutating func nextItem(_ scope: inout Scope, closing: UInt8) throws(JSONError) -> Bool {
        guard let byte = peek() else { throw JSONError(.unexpectedEnd, at: position) }
        if byte == closing {
            position += 1
            depth -= 1
            return false
        }
        if !scope.isFirst {
            try expect(UInt8(ascii: ","), "',' or '\(Character(UnicodeScalar(closing)))'")
            if peek() == closing { throw JSONError(.expected("another item after ','"), at: position) }
        }
        scope.isFirst = false
        return true
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        if depth > depthLimit { throw JSONError(.tooDeep(limit: depthLimit), at: position) }
    }

    private mutating func expect(_ byte: UInt8, _ name: @autoclosure () -> String) throws(JSONError) {
        guard let next = peek() else { throw JSONError(.unexpectedEnd, at: position) }
        guard next == byte else { throw JSONError(.expected(name()), at: position) }
        position += 1
    }

    private mutating func readLiteral(_ literal: StaticString) throws(JSONError) {
        skipWhiteSpace()
        let matches = literal.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw JSONError(.expected("\(literal)"), at: position) }
        position += literal.utf8CodeUnitCount
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
