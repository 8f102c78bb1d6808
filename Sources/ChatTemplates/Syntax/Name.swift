/// A name that a template mentions.
struct Name {
    let text: Text
    /// The method that an attribute of this name may be.
    let method: Method?
}
