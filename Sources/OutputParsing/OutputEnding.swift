/// How an answer ended, as far as its text tells.
package enum OutputEnding: Equatable, Sendable {
    /// No call.
    case text
    /// So many calls, all of them whole.
    case toolCalls(Int)
    /// A call began and was broken or cut off. Its text was delivered: as content, or as the arguments so far if the
    /// call was already announced.
    case malformed
}
