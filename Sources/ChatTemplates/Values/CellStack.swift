/// Values of the running calls, one upon the other. Places move when it grows.
final class CellStack {
    private var start: UnsafeMutablePointer<Value>
    private var capacity = 64
    private(set) var count = 0

    init() { start = .allocate(capacity: capacity) }

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
        precondition(place >= 0 && place <= count, "a place outside the stack")
        (start + place).deinitialize(count: count - place)
        count = place
    }

    @inline(__always)
    func at(_ place: Int) -> UnsafePointer<Value> {
        precondition(place >= 0 && place < count, "a place outside the stack")
        return UnsafePointer(start + place)
    }

    @inline(__always)
    subscript(place: Int) -> Value {
        get { at(place).pointee }
        set {
            precondition(place >= 0 && place < count, "a place outside the stack")
            start[place] = newValue
        }
    }
}
