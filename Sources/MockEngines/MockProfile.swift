package import EngineWire
package import RPCTransport
package import ServingModel

/// What a mock engine is like.
package struct MockProfile: Sendable {
    /// Where tokens come from.
    package enum Tokens: Sendable {
        /// These over and over, for every choice of every request.
        case list([TokenID])
        /// Drawn from the prompt and this seed; above temperature 0 from the request's seed and the choice too.
        case drawn(seed: UInt64)
    }

    package var dialect: EngineDialect
    package var model = "mock"
    /// Where the engine says that its model and tokenizer lie.
    package var modelPath = "mock"
    package var tokenizerPath = ""
    package var vocabularySize = 49152
    package var contextTokens = 131_072
    /// How many choices it computes at once; later generations wait.
    package var parallelSequences = 4096
    /// How many generations may wait before one is refused with `RESOURCE_EXHAUSTED`; nil is any number.
    package var queueRequests: Int?
    package var endTokens = [TokenID(2)]
    package var tokens = Tokens.drawn(seed: 0)
    /// After how many tokens a choice ends by itself, unless end-of-sequence tokens are ignored.
    package var count = 64
    /// Tokens in a chunk.
    package var chunkTokens = 1
    /// Before the first token, and before each later one.
    package var firstDelaySeconds = 0.0
    package var delaySeconds = 0.0
    /// Whether it goes on only when `MockEngine.step` says so, instead of by these delays.
    package var isStepped = false
    package var cachedTokens = 0
    /// The length of the vectors that it embeds to; nil embeds nothing.
    package var embeddingSize: Int?
    /// What GetTokenizer hands out; nil has nothing.
    package var bundle: TokenizerBundle?
    /// What a subscriber to the cache's events gets at once; the stream stays open behind it.
    package var cacheEvents: [SMGKvEventBatch] = []
    /// Ends such a stream behind the events instead; nil leaves it open.
    package var cacheEventsEnd: RPCStatus?

    package var odds = MisbehaviourOdds()
    /// What draws misbehaviours and their places.
    package var oddsSeed: UInt64 = 0
    /// How long a slow answer takes for each token.
    package var slowSeconds = 0.5
    /// How long the engine is down when it goes down.
    package var downSeconds = 1.0

    package init(_ dialect: EngineDialect) { self.dialect = dialect }
}
