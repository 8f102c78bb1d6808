import ArgumentParser
import EngineWire
import Foundation
import MockEngines
import NIOCore
import NIOPosix
import RPCTransport
import ServingModel
import UnixSignals

extension EngineDialect: ExpressibleByArgument {}

struct MockEngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-engine",
        abstract: "Serves tokens without a model over an engine's gRPC protocol, and misbehaves if it is told to.",
        discussion: """
            For testing and measuring gateways. --misbehave takes probabilities of a call by name, as in \
            reset=0.01,unavailable=0.005. Where a call fails is drawn too; a seed repeats the draws. The names: \
            \(Misbehaviour.named.map(\.name).joined(separator: ", ")).
            """)

    @Option(help: "The protocol: \(EngineDialect.allCases.map(\.rawValue).joined(separator: ", ")).")
    var `protocol`: EngineDialect

    @Option(help: "Where to listen: HOST:PORT, [HOST]:PORT or unix:/PATH.")
    var listen = "127.0.0.1:50061"

    @Option(name: .shortAndLong, help: "The port to listen on at 127.0.0.1 instead; 0 takes any free one.")
    var port: UInt16?

    @Option(help: "What it calls the model.")
    var name = "mock"

    @Option(help: "A folder with a model's tokenizer, which it names and hands out.")
    var tokenizer: String?

    @Option(help: "A file with token ids to repeat, apart by white space; else they are drawn.")
    var tokenFile: String?

    @Option(help: "What draws tokens and misbehaviours.")
    var seed: UInt64 = 0

    @Option(help: "Tokens of an answer, unless the request wants fewer.")
    var count = 64

    @Option(help: "Tokens in a chunk.")
    var chunk = 1

    @Option(help: "Milliseconds before each token but the first.")
    var delayMs = 0.0

    @Option(help: "Milliseconds before the first token.")
    var firstDelayMs = 0.0

    @Option(help: "Prompt tokens that it says were cached.")
    var cachedTokens = 0

    @Option(help: "The vocabulary's size.")
    var vocabulary = 49152

    @Option(help: "The most tokens of a request.")
    var context = 131_072

    @Option(help: "The most choices that it computes at once; later requests wait.")
    var parallel = 4096

    @Option(help: "The most requests that wait before one is refused; without it, any number.")
    var queue: Int?

    @Option(help: "The token that ends an answer.")
    var endToken: Int32 = 2

    @Option(help: "The length of the vectors that it embeds to; without it, it generates.")
    var embeddingSize: Int?

    @Option(help: "Batches of cache events that it publishes to subscribers.")
    var cacheEvents = 0

    @Option(help: "How it misbehaves: NAME=PROBABILITY, apart by commas.")
    var misbehave = ""

    @Option(help: "Milliseconds before each token of a slow answer.")
    var slowMs = 500.0

    @Option(help: "Seconds for which it refuses connections when it goes down.")
    var downSeconds = 1.0

    @Option(help: "Threads that serve connections.")
    var eventLoops = 1

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(eventLoops, 1))
        guard let given = ListenAddress(port.map { "127.0.0.1:\($0)" } ?? listen) else {
            throw CommandFailure("listen: '\(listen)' is not allowed; give HOST:PORT, [HOST]:PORT or unix:/PATH")
        }
        let server = try await MockServer.start(MockEngine(try profile()), at: given.address, on: group)
        print("drover mocks \(`protocol`.rawValue) on \(server.address.url(isSecure: false))")
        fflush(nil)
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { break }
        await server.shutDown()
        try await group.shutdownGracefully()
    }

    private func profile() throws -> MockProfile {
        var profile = MockProfile(`protocol`)
        profile.model = name
        profile.vocabularySize = try atLeast(1, vocabulary, "vocabulary")
        profile.contextTokens = try atLeast(2, context, "context")
        profile.parallelSequences = try atLeast(1, parallel, "parallel")
        profile.queueRequests = try queue.map { try atLeast(0, $0, "queue") }
        profile.count = try atLeast(0, count, "count")
        profile.chunkTokens = try atLeast(1, chunk, "chunk")
        profile.cachedTokens = try atLeast(0, cachedTokens, "cached-tokens")
        profile.endTokens = [TokenID(endToken)]
        profile.delaySeconds = try atLeast(0, delayMs, "delay-ms") / 1000
        profile.firstDelaySeconds = try atLeast(0, firstDelayMs, "first-delay-ms") / 1000
        profile.slowSeconds = try atLeast(0, slowMs, "slow-ms") / 1000
        profile.downSeconds = try atLeast(0, downSeconds, "down-seconds")
        profile.embeddingSize = try embeddingSize.map { try atLeast(1, $0, "embedding-size") }
        profile.cacheEvents = MockCacheEvents.script(batches: try atLeast(0, cacheEvents, "cache-events"))
        profile.tokens = try tokens()
        profile.oddsSeed = seed
        do {
            profile.odds = try MisbehaviourOdds(misbehave)
        } catch {
            throw CommandFailure("misbehave: \(error)")
        }
        if let tokenizer {
            (profile.modelPath, profile.tokenizerPath) = (tokenizer, tokenizer)
            profile.bundle = try TokenizerFolder.bundle(of: tokenizer)
        }
        return profile
    }

    private func tokens() throws -> MockProfile.Tokens {
        guard let tokenFile else { return .drawn(seed: seed) }
        let text = try MappedFile.withBytes(of: tokenFile) { String(decoding: $0, as: UTF8.self) }
        let ids = try text.split(whereSeparator: \.isWhitespace).map { word in
            guard let id = Int32(word), id >= 0, id < vocabulary else {
                throw CommandFailure("token-file: '\(word)' is no token of the vocabulary")
            }
            return TokenID(id)
        }
        guard !ids.isEmpty else { throw CommandFailure("token-file: '\(tokenFile)' has no tokens") }
        return .list(ids)
    }

    private func atLeast<Value: Comparable>(_ least: Value, _ value: Value, _ name: String) throws -> Value {
        guard value >= least else { throw CommandFailure("\(name): '\(value)' is not allowed; give \(least) or more") }
        return value
    }
}
