/// A piece of what a model said, as the API names it. Deltas of one kind that follow each other join.
package enum OutputDelta: Equatable, Sendable {
    case reasoning([UInt8])
    case content([UInt8])
    /// A call begins. The index counts from 0; `id` is the model's own where its format writes one before the name.
    case toolCall(index: Int, id: [UInt8]?, name: [UInt8])
    /// More of the JSON text of a call's arguments, in order, as the model wrote it where its format is JSON.
    case arguments(index: Int, [UInt8])
}
