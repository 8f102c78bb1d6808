/// Arguments by parameter; a parameter that was not given has none.
struct BoundArguments {
    private let values: [Value?]

    init(_ values: [Value?]) { self.values = values }

    /// The argument, or nil if it was not given.
    subscript(position: Int) -> Value? { position < values.count ? values[position] : nil }
}
