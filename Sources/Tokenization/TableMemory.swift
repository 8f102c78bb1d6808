internal import CByteScanning

/// Memory for tables that are read here and there, in huge pages where the system has them: on ordinary ones most of a
/// look-up's time goes into the page tables.
enum TableMemory {
    static func allocate<Element: BitwiseCopyable>(
        _ count: Int, repeating element: Element
    ) -> UnsafeMutablePointer<Element> {
        guard let memory = c_allocate_table(max(count, 1) * MemoryLayout<Element>.stride) else {
            preconditionFailure("there is no memory for a table of \(count) elements")
        }
        let elements = memory.bindMemory(to: Element.self, capacity: count)
        elements.initialize(repeating: element, count: count)
        return elements
    }

    static func deallocate(_ elements: UnsafeMutableRawPointer) { c_free_table(elements) }
}
