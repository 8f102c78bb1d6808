import ServingModel

/// A token that is recognised in a text before anything else is done to it.
struct AddedToken: Equatable {
    let id: TokenID
    let text: [UInt8]
    /// Whether it is recognised only where the caller allows it.
    var isControl: Bool
    /// Whether it takes the white space before it along.
    var stripsLeft = false
    /// Whether it takes the white space behind it along.
    var stripsRight = false
    /// Whether it is recognised only where no word character stands beside it.
    var isSingleWord = false
}
