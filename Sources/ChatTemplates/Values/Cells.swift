/// Values at places that do not move, so that they can be looked at without being copied.
///
/// Sendable although it can be changed, because those that renderings share, in a program, are not changed any more.
final class Cells: @unchecked Sendable {
    private let start: UnsafeMutablePointer<Value>
    let count: Int

    init(_ values: [Value]) {
        count = values.count
        start = .allocate(capacity: max(count, 1))
        values.withUnsafeBufferPointer { values in
            if let base = values.baseAddress { start.initialize(from: base, count: count) }
        }
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
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
