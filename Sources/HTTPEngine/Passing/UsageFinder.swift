import JSONBytes
import OpenAIAPI

/// Finds the objects that JSON calls `usage`, wherever they stand, in bytes that come in pieces.
///
/// A quotation mark inside a JSON string is escaped, so that `"usage":{` is a member in any JSON text; what stands in
/// answers of a model cannot be taken for one. Of several objects the later ones count, number by number. Costs one
/// search through the bytes, and memory only for an object that has begun.
struct UsageFinder {
    /// What has been found so far.
    private(set) var usage: TokenUsage?
    /// How many objects said something of tokens.
    private(set) var objects = 0

    private enum State {
        /// This many bytes of `"usage"` have been seen; becomes `colon`.
        case searching(matched: Int)
        /// The key is there; becomes `value`, or `searching` if this was no key.
        case colon
        /// The colon too; becomes `object`, or `searching` if the value is none.
        case value
        /// Inside the object, which goes to `searching` when it has ended or is too long.
        case object(depth: Int, isInString: Bool, isEscaped: Bool)
    }

    private var state = State.searching(matched: 0)
    /// The object that has begun.
    private var object: [UInt8] = []

    static let key = Array(#""usage""#.utf8)
    /// Bytes of one object; real ones have a few hundred.
    private static let objectLimit = 8 << 10

    /// - Parameter usage: what is known before, of which an object that is found may say only a part anew.
    init(after usage: TokenUsage? = nil) { self.usage = usage }

    mutating func read(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        while at < bytes.count {
            if case .searching(matched: 0) = state {
                at = skip(bytes, from: at)
                continue
            }
            take(bytes[at])
            at += 1
        }
    }

    /// Passes over what holds no key; returns where to go on byte by byte.
    private mutating func skip(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        if let found = bytes.firstOffset(of: Self.key, from: start) {
            state = .colon
            return found + Self.key.count
        }
        // A key may have begun in the last bytes.
        for at in max(start, bytes.count - Self.key.count + 1)..<bytes.count { take(bytes[at]) }
        return bytes.count
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .searching(let matched):
            search(byte, matched: matched)
        case .colon where byte == UInt8(ascii: ":"): state = .value
        case .value where byte == UInt8(ascii: "{"):
            object = [byte]
            state = .object(depth: 1, isInString: false, isEscaped: false)
        case .colon, .value:
            if !byte.isJSONWhiteSpace { search(byte, matched: 0) }
        case .object(let depth, let isInString, let isEscaped):
            object.append(byte)
            takeInside(byte, depth: depth, isInString: isInString, isEscaped: isEscaped)
        }
    }

    private mutating func search(_ byte: UInt8, matched: Int) {
        // Only the first byte of the key occurs in it again, as its last.
        let next = byte == Self.key[matched] ? matched + 1 : byte == Self.key[0] ? 1 : 0
        state = next == Self.key.count ? .colon : .searching(matched: next)
    }

    private mutating func takeInside(_ byte: UInt8, depth: Int, isInString: Bool, isEscaped: Bool) {
        guard object.count < Self.objectLimit else { return endObject() }
        switch byte {
        case _ where isEscaped: state = .object(depth: depth, isInString: true, isEscaped: false)
        case UInt8(ascii: "\\") where isInString: state = .object(depth: depth, isInString: true, isEscaped: true)
        case UInt8(ascii: "\""): state = .object(depth: depth, isInString: !isInString, isEscaped: false)
        case UInt8(ascii: "{") where !isInString:
            state = .object(depth: depth + 1, isInString: false, isEscaped: false)
        case UInt8(ascii: "}") where !isInString:
            state = .object(depth: depth - 1, isInString: false, isEscaped: false)
            if depth == 1 { endObject() }
        default: break
        }
    }

    private mutating func endObject() {
        if case .object(let members)? = try? JSONValue(parsing: object),
            let found = TokenUsage(members, after: usage)
        {
            usage = found
            objects += 1
        }
        object = []
        state = .searching(matched: 0)
    }
}
