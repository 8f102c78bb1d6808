import ServingModel

/// A chunk or a completion as it was found in its message: what is short is read, what is long is where it lies.
struct ResponsePart {
    var choice = 0
    var cachedTokens = 0
    /// A completion without one, as protobuf leaves out what is empty, has failed.
    var finish = EngineFinish.failed
    var matchedToken: TokenID?
    /// The message with the prompt's log-probabilities.
    var promptLogprobs: Range<Int>?

    /// Reads a message's fields.
    ///
    /// - Parameters:
    ///   - tokens: becomes where varints of tokens lie: one range if the engine packs them, as all do.
    ///   - logprobs: becomes where messages of log-probabilities lie.
    init(
        _ cursor: consuming WireCursor, _ fields: ResponseLayout.Fields, tokens: inout [Range<Int>],
        logprobs: inout [Range<Int>]
    ) throws(WireError) {
        tokens.removeAll(keepingCapacity: true)
        logprobs.removeAll(keepingCapacity: true)
        while !cursor.isAtEnd {
            let (field, type) = try cursor.tag()
            let role = fields.role(field)
            switch (role, type) {
            case (.tokens, .lengthDelimited), (.tokens, .varint): tokens.append(try cursor.values(type))
            case (.choice, .varint): choice = try cursor.count()
            case (.cachedTokens, .varint): cachedTokens = try cursor.count()
            case (.logprobs, .lengthDelimited): logprobs.append(try cursor.range())
            case (.promptLogprobs, .lengthDelimited): promptLogprobs = try cursor.range()
            case (.finishReason, .lengthDelimited): finish = EngineFinish(cursor, at: try cursor.range())
            case (.matchedToken, .varint): matchedToken = try cursor.token()
            case (.other, _): try cursor.skip(type)
            default: throw .malformed
            }
        }
    }
}
