/// Elements in memory of their own that never change, so that the encoder reads them without bounds checks or
/// reference counting; whoever indexes it proves the index.
// @unchecked because nothing writes to the memory once it is made.
final class ConstantBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let elements: UnsafePointer<Element>
    let count: Int

    init(_ elements: [Element]) {
        self.elements = UnsafePointer(ConstantBuffer<Element>.allocate(elements))
        self.count = elements.count
    }

    deinit { elements.deallocate() }

    /// Copies elements to memory that the caller deallocates.
    static func allocate(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: Swift.max(elements.count, 1))
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.initialize(from: base, count: source.count) }
        }
        return memory
    }
}
