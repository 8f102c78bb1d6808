/// The parameters of a built-in function.
struct Signature {
    let names: [StaticString]
    /// How many must be given.
    let required: Int

    init(_ names: StaticString..., required: Int = 0) {
        self.names = names
        self.required = required
    }

}
