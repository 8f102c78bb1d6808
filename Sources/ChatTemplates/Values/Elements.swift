/// The elements of a list or tuple.
struct Elements: Sendable {
    let values: [Value]
    let depth: Int
    /// Whether it is a pair of the filter `groupby`, whose elements have names.
    let isGroup: Bool

    init(_ values: [Value], isGroup: Bool = false) {
        self.values = values
        self.isGroup = isGroup
        depth = values.reduce(0) { max($0, $1.depth) } + 1
    }
}
