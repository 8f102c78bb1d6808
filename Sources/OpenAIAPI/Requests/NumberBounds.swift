/// The numbers that a field may have.
struct NumberBounds {
    let lower: Float
    let upper: Float
    /// Whether `lower` itself is not allowed.
    let excludesLower: Bool

    static func from(_ lower: Float, to upper: Float) -> NumberBounds {
        NumberBounds(lower: lower, upper: upper, excludesLower: false)
    }

    static func above(_ lower: Float, to upper: Float) -> NumberBounds {
        NumberBounds(lower: lower, upper: upper, excludesLower: true)
    }

    func contains(_ value: Float) -> Bool {
        value <= upper && (excludesLower ? value > lower : value >= lower)
    }

    /// The bounds as an error gives them; they are whole numbers.
    var phrase: String {
        let (low, high) = (Int(lower), Int(upper))
        return excludesLower ? "a number greater than \(low) and at most \(high)" : "a number from \(low) to \(high)"
    }
}
