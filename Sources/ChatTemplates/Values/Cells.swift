/// Values one upon the other, which can be looked at where they are without being copied. Places move when it grows.
///
/// Sendable although it can be changed, because those that renderings share, in a program, are not changed any more.
final class Cells: @unchecked Sendable {
    private var start: UnsafeMutablePointer<Value>
    private var capacity: Int
    private(set) var count: Int

    init(_ values: [Value] = []) {
        count = values.count
        capacity = max(count, 1)
        start = .allocate(capacity: capacity)
        values.withUnsafeBufferPointer { values in
            if let base = values.baseAddress { start.initialize(from: base, count: count) }
        }
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    /// Adds `number` missing values on top.
    func push(_ number: Int) {
        if count + number > capacity {
            capacity = max(capacity * 2, count + number)
            let larger = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
            larger.moveInitialize(from: start, count: count)
            start.deallocate()
            start = larger
        }
        (start + count).initialize(repeating: .missing, count: number)
        count += number
    }

    /// Drops what is at `place` and above.
    func drop(from place: Int) {
        precondition(place >= 0 && place <= count, "a place outside the cells")
        (start + place).deinitialize(count: count - place)
        count = place
    }

    @inline(__always)
    func at(_ place: Int) -> UnsafePointer<Value> {
        precondition(place >= 0 && place < count, "a place outside the cells")
        return UnsafePointer(start + place)
    }

    @inline(__always)
    subscript(place: Int) -> Value {
        get { at(place).pointee }
        set {
            precondition(place >= 0 && place < count, "a place outside the cells")
            start[place] = newValue
        }
    }
}
