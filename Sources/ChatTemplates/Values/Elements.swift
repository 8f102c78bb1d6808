/// The elements of a list or tuple.
struct Elements: Sendable {
    let values: [Value]
    /// Levels of containers; of elements made of JSON, not more than this.
    let depth: Int
    /// How many values there are, those inside values included; shared ones count each time.
    let weight: Int
    /// Whether it is a pair of the filter `groupby`, whose elements have names.
    let isGroup: Bool

    init(_ values: [Value], isGroup: Bool = false) {
        self.init(values, depth: values.reduce(0) { max($0, $1.depth) } + 1, isGroup: isGroup)
    }

    /// For elements whose depth is known.
    init(_ values: [Value], depth: Int, isGroup: Bool = false) {
        self.values = values
        self.depth = depth
        weight = values.reduce(1) { min($0 + $1.weight, 1 << 40) }
        self.isGroup = isGroup
    }
}
