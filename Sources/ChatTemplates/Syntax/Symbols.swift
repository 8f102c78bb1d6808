/// The names that one scope of a template reads and writes, and what they start as.
struct Symbols {
    /// What a slot holds when its scope is entered.
    enum Start {
        /// An argument or a loop's item; written by whoever enters.
        case parameter
        /// The context's variable of that name.
        case context
        /// The variable of that name around the scope.
        case outer(Variable)
        case missing
    }

    /// Names to what they start as.
    var starts: [Int32: Start] = [:]
    var stores: Set<Int32> = []
}
