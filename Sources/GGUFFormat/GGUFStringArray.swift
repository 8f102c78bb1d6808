/// An array of strings that lies in a GGUF file's metadata; the strings are bytes, usually but not surely UTF-8.
///
/// Making it walks over the lengths once (O(count), one allocation); an element is then found in O(1) and not copied.
package struct GGUFStringArray: RandomAccessCollection, Sendable {
    private let storage: [UInt8]
    /// Where each string begins and ends in `storage`.
    private let ranges: [Range<Int>]

    init(storage: [UInt8], ranges: [Range<Int>]) {
        self.storage = storage
        self.ranges = ranges
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { ranges.count }

    package subscript(position: Int) -> ArraySlice<UInt8> {
        storage[ranges[position]]
    }
}
