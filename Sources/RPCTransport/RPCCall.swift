/// One call on a connection; never used again within it.
package struct RPCCall: Hashable, Sendable {
    /// The slot in the low bits, a serial number above them. 0 is no call.
    package let rawValue: UInt64

    static let none = RPCCall(rawValue: 0)
    static let slotBits: UInt64 = 24

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(serial: UInt64, slot: Int) {
        rawValue = serial << Self.slotBits | UInt64(slot)
    }

    var slot: Int { Int(rawValue & (1 << Self.slotBits - 1)) }
}
