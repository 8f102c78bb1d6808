/// Passes over the bytes of one JSON text and builds nothing: what `JSONReader` takes it takes, and nothing else.
///
/// It holds to the syntax alone; that strings are UTF-8 is for the caller to see to. Every verb returns nil or false at
/// the first fault, after which the scan must not be used again. Linear, allocates nothing.
package struct JSONScan {
    private let bytes: UnsafeRawBufferPointer
    /// The offset of the next byte to look at.
    package private(set) var position = 0
    private var depth = 0
    private let depthLimit: Int

    /// - Parameters:
    ///   - bytes: they must stay where they are as long as the scan is used.
    ///   - depthLimit: objects and arrays that may be open at once.
    package init(_ bytes: UnsafeRawBufferPointer, depthLimit: Int) {
        precondition(depthLimit > 0, "a JSON text needs at least one level")
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// The first byte of the next value, white space skipped; nil at the end of the text.
    package mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Enters an object.
    package mutating func enterObject() -> Bool { enter(UInt8(ascii: "{")) }

    /// What comes next in an object.
    package enum Member {
        /// A member, with its key's place, quotation marks included; the scan stands before the value.
        case key(Range<Int>)
        case end
        case fault
    }

    /// - Parameter isFirst: whether no member has been passed; the scan makes it false.
    package mutating func nextMember(_ isFirst: inout Bool) -> Member {
        guard let isMember = nextItem(&isFirst, closing: UInt8(ascii: "}")) else { return .fault }
        guard isMember else { return .end }
        guard let key = skipString(), skip(UInt8(ascii: ":")) else { return .fault }
        return .key(key)
    }

    /// Passes over a value of any kind; its place, white space around it left out.
    package mutating func skipValue() -> Range<Int>? {
        guard let byte = peek() else { return nil }
        let start = position
        let isWhole =
            switch byte {
            case UInt8(ascii: "{"): skipObject()
            case UInt8(ascii: "["): skipArray()
            case UInt8(ascii: "\""): skipString() != nil
            case UInt8(ascii: "t"): skipLiteral("true")
            case UInt8(ascii: "f"): skipLiteral("false")
            case UInt8(ascii: "n"): skipLiteral("null")
            default: skipNumber()
            }
        return isWhole ? start..<position : nil
    }

    /// Whether nothing but white space follows.
    package mutating func isAtEnd() -> Bool { peek() == nil }

    // MARK: Parts

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func enter(_ opening: UInt8) -> Bool {
        guard depth < depthLimit, skip(opening) else { return false }
        depth += 1
        return true
    }

    private mutating func skipObject() -> Bool {
        guard enter(UInt8(ascii: "{")) else { return false }
        var isFirst = true
        while true {
            switch nextMember(&isFirst) {
            case .key: if skipValue() == nil { return false }
            case .end: return true
            case .fault: return false
            }
        }
    }

    private mutating func skipArray() -> Bool {
        guard enter(UInt8(ascii: "[")) else { return false }
        var isFirst = true
        while let isElement = nextItem(&isFirst, closing: UInt8(ascii: "]")) {
            guard isElement else { return true }
            if skipValue() == nil { return false }
        }
        return false
    }

    /// Whether another item follows; nil if neither that nor the end does.
    private mutating func nextItem(_ isFirst: inout Bool, closing: UInt8) -> Bool? {
        guard let byte = peek() else { return nil }
        if byte == closing {
            position += 1
            depth -= 1
            return false
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { return nil }
            position += 1
            if peek() == closing { return nil }
        }
        isFirst = false
        return true
    }

    private mutating func skipLiteral(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard bytes.count - position >= length else { return false }
        let matches = literal.withUTF8Buffer { bytes[position..<position + length].elementsEqual($0) }
        position += length
        return matches
    }

    private mutating func skipString() -> Range<Int>? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        let start = position - 1
        while position < bytes.count {
            if position + 8 <= bytes.count,
                !JSONEscaping.needsEscape(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            {
                position += 8
                continue
            }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return start..<position
            case UInt8(ascii: "\\"): guard skipEscape() else { return nil }
            case 0..<0x20: return nil
            default: break
            }
        }
        return nil
    }

    private mutating func skipEscape() -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard bytes.count - position >= 4 else { return false }
            for digit in bytes[position..<position + 4] {
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    break
                default: return false
                }
            }
            position += 4
            return true
        default: return false
        }
    }

    private mutating func skipNumber() -> Bool {
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let isZeroFirst = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let wholeDigits = skipDigits()
        guard wholeDigits > 0, !(isZeroFirst && wholeDigits > 1) else { return false }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { return false }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard skipDigits() > 0 else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] { position += 1 }
        return position - start
    }
}
