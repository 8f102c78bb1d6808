/// The symbols of single characters, by their scalars: an open-addressing table.
// @unchecked because nothing writes to the memory once it is made.
final class CharacterSymbols: @unchecked Sendable {
    private struct Slot: BitwiseCopyable {
        var scalar: UInt32
        var symbol: Int32
    }

    private static let emptyScalar = UInt32.max
    private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int

    init(_ symbols: [UInt32: Int32]) {
        var capacity = 16
        while capacity < symbols.count * 2 { capacity *= 2 }
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(scalar: Self.emptyScalar, symbol: -1), count: capacity)
        mask = capacity - 1
        for (scalar, symbol) in symbols {
            var at = slot(scalar)
            while slots[at].scalar != Self.emptyScalar { at = (at + 1) & mask }
            slots[at] = Slot(scalar: scalar, symbol: symbol)
        }
    }

    deinit { slots.deallocate() }

    /// The symbol of a character; negative if it has none.
    @inline(__always)
    subscript(scalar: UInt32) -> Int32 {
        var at = slot(scalar)
        while true {
            let found = slots[at]
            if found.scalar == scalar || found.scalar == Self.emptyScalar { return found.symbol }
            at = (at + 1) & mask
        }
    }

    @inline(__always)
    private func slot(_ scalar: UInt32) -> Int { Int((scalar &* 0x9E37_79B1) >> 8) & mask }
}
