/// What became of reading one thing from a piece of input.
enum ReadResult {
    /// The piece is used up, or what is left of it may become a marker: more must come.
    case more
    /// The thing has ended; the position is behind it.
    case done
    /// What stands at the position cannot be.
    case broken
}
