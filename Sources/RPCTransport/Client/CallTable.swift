import NIOCore

/// The calls of a connection: slots that are used again, found by call or by stream, with two lists through them.
struct CallTable {
    /// A list's ends; the links are in the slots.
    struct List {
        private(set) var first: Int32 = -1
        private var last: Int32 = -1
        private(set) var count = 0

        fileprivate mutating func append(_ slot: Int, in slots: inout [CallSlot]) {
            slots[slot].previous = last
            slots[slot].next = -1
            if last >= 0 { slots[Int(last)].next = Int32(slot) } else { first = Int32(slot) }
            last = Int32(slot)
            count += 1
        }

        fileprivate mutating func unlink(_ slot: Int, in slots: inout [CallSlot]) {
            let (previous, next) = (slots[slot].previous, slots[slot].next)
            if previous >= 0 { slots[Int(previous)].next = next } else { first = next }
            if next >= 0 { slots[Int(next)].previous = previous } else { last = previous }
            count -= 1
        }
    }

    /// The most calls at once: what an `RPCCall` has bits for. The last slot's number is that of refused calls.
    static let slotLimit = 1 << Int(RPCCall.slotBits)

    private(set) var waiting = List()
    private(set) var sending = List()
    /// Calls that are not ended, waiting ones too.
    private(set) var count = 0
    var slots: [CallSlot] = []
    private var free: [Int32] = []
    private var streams = StreamIndex()
    private var lastSerial: UInt64 = 0

    /// Calls that have a stream.
    var streamCount: Int { streams.count }

    /// The calls as of now, by slot.
    var calls: [RPCCall] { slots.lazy.filter { $0.phase != .free }.map(\.call) }

    @inline(__always)
    func slot(ofStream streamID: UInt32) -> Int? { streams.slot(of: streamID) }

    @inline(__always)
    func holds(_ call: RPCCall, at slot: Int) -> Bool { slots[slot].call == call }

    func slot(of call: RPCCall) -> Int? {
        let slot = call.slot
        return call != .none && slot < slots.count && slots[slot].call == call ? slot : nil
    }

    /// Takes a slot for a new call. The caller has seen to it that there are fewer than `slotLimit`.
    mutating func add() -> Int {
        let slot: Int
        if let last = free.popLast() {
            slot = Int(last)
        } else {
            slot = slots.count
            precondition(slot < Self.slotLimit - 1, "the connection limits its calls")
            slots.append(CallSlot())
        }
        lastSerial += 1
        slots[slot].call = RPCCall(serial: lastSerial, slot: slot)
        slots[slot].phase = .waiting
        count += 1
        return slot
    }

    /// Gives a call its stream.
    mutating func open(_ slot: Int, streamID: UInt32) {
        slots[slot].streamID = streamID
        slots[slot].phase = .open
        streams.insert(streamID, slot: slot)
    }

    /// Forgets a call.
    mutating func release(_ slot: Int) {
        unlink(slot)
        if slots[slot].streamID != 0 { streams.remove(slots[slot].streamID) }
        slots[slot] = CallSlot()
        free.append(Int32(slot))
        count -= 1
    }

    /// Appends a slot that is in no list.
    mutating func append(_ slot: Int, to membership: CallSlot.Membership) {
        slots[slot].membership = membership
        switch membership {
        case .none: break
        case .waiting: waiting.append(slot, in: &slots)
        case .sending: sending.append(slot, in: &slots)
        }
    }

    /// Takes a slot out of the list that it is in.
    mutating func unlink(_ slot: Int) {
        switch slots[slot].membership {
        case .none: return
        case .waiting: waiting.unlink(slot, in: &slots)
        case .sending: sending.unlink(slot, in: &slots)
        }
        slots[slot].membership = .none
    }
}
