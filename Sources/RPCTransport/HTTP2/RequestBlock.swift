/// Header blocks of calls: literals that are not indexed, so that they are the same bytes each time and share nothing
/// with the server (RFC 7541, section 6.2.2).
struct RequestBlock {
    /// Names in HPACK's static table.
    enum StaticName: UInt8 {
        case authority = 1
        case path = 4
        case contentType = 31
        case userAgent = 58
    }

    /// The pseudo-headers but the path; these come before all others.
    private let beginning: [UInt8]
    /// What else is the same in every call.
    private let end: [UInt8]

    init(authority: String, isEncrypted: Bool) {
        var beginning: [UInt8] = [0x83, isEncrypted ? 0x87 : 0x86]
        Self.append(authority, namedBy: .authority, to: &beginning)
        self.beginning = beginning
        var end: [UInt8] = []
        Self.append("trailers", named: "te", to: &end)
        Self.append("application/grpc", namedBy: .contentType, to: &end)
        Self.append("drover", namedBy: .userAgent, to: &end)
        self.end = end
    }

    /// Writes the block into `bytes`. `isFirstSinceTableSize` says first that this end uses no dynamic table: an encoder
    /// owes that after each SETTINGS that changes the table's size.
    func write(path: [UInt8], timeout: String?, isFirstSinceTableSize: Bool, to bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        if isFirstSinceTableSize { bytes.append(0x20) }
        bytes += beginning
        bytes += path
        if let timeout { Self.append(timeout, named: "grpc-timeout", to: &bytes) }
        bytes += end
    }

    static func append(_ value: String, namedBy name: StaticName, to bytes: inout [UInt8]) {
        append(Int(name.rawValue), prefixBits: 4, to: &bytes)
        append(value, to: &bytes)
    }

    private static func append(_ value: String, named name: String, to bytes: inout [UInt8]) {
        bytes.append(0)
        append(name, to: &bytes)
        append(value, to: &bytes)
    }

    private static func append(_ string: String, to bytes: inout [UInt8]) {
        append(string.utf8.count, prefixBits: 7, to: &bytes)
        bytes += string.utf8
    }

    /// An integer whose first byte has `prefixBits` bits of it, the others zero (RFC 7541, section 5.1).
    private static func append(_ value: Int, prefixBits: Int, to bytes: inout [UInt8]) {
        let largest = 1 << prefixBits - 1
        guard value >= largest else { return bytes.append(UInt8(value)) }
        bytes.append(UInt8(largest))
        var rest = value - largest
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
