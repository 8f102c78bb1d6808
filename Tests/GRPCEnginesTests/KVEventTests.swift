import EngineWire
import GRPCEngines
import MockEngines
import NIOCore
import NIOPosix
import RPCTransport
import ServingModel
import Synchronization
import Testing

/// The events of an engine's cache, from a mock engine over a real connection.
struct KVEventTests {
    private static let end = RPCStatus(.ok)

    /// What a subscriber gets until the stream ends, and what it ends with.
    private func subscribe(
        _ batches: [SMGKvEventBatch], _ dialect: EngineDialect = .vllm, from start: UInt64 = 0,
        end: RPCStatus = KVEventTests.end, malformed: Bool = false
    ) async throws -> (batches: [KVEventBatch], error: RPCStatus?) {
        var profile = MockProfile(dialect)
        profile.cacheEvents = batches
        profile.cacheEventsEnd = end
        return try await Self.with(profile) { engine, server, group in
            if malformed { engine.answer("SubscribeKvEvents", with: .malformed) }
            let received = Mutex<[KVEventBatch]>([])
            do {
                try await KVEventSubscription.run(
                    RPCEndpoint(server.address), dialect, from: start, on: group.next()
                ) { batches in received.withLock { $0 += batches } }
                return (received.withLock { $0 }, nil)
            } catch let status as RPCStatus {
                return (received.withLock { $0 }, status)
            }
        }
    }

    private static func with<Result>(
        _ profile: MockProfile,
        _ body: (MockEngine, MockServer, MultiThreadedEventLoopGroup) async throws -> Result
    ) async throws -> Result {
        let engine = MockEngine(profile)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await MockServer.start(engine, at: .tcp(host: "127.0.0.1", port: 0), on: group)
        let result: Result
        do {
            result = try await body(engine, server, group)
        } catch {
            await server.shutDown()
            try? await group.shutdownGracefully()
            throw error
        }
        await server.shutDown()
        try await group.shutdownGracefully()
        return result
    }

    private static func batch(
        _ sequence: UInt64, rank: Int32? = nil, _ change: (inout SMGKvEventBatch) -> Void = { _ in }
    ) -> SMGKvEventBatch {
        var batch = SMGKvEventBatch()
        batch.sequenceNumber = sequence
        if let rank { batch.dpRank = rank }
        change(&batch)
        return batch
    }

    // MARK: Events

    @Test(arguments: EngineDialect.allCases)
    func everyProtocolHasThem(_ dialect: EngineDialect) async throws {
        let got = try await subscribe(MockCacheEvents.script(batches: 3), dialect)
        #expect(got.error == nil && got.batches.map(\.sequence) == [0, 1, 2])
        #expect(got.batches.map(\.continuity) == [.first, .next, .next])
        #expect(got.batches.map(\.timestamp) == [1_700_000_000, 1_700_000_001, 1_700_000_002])
        var place = KVBlockPlace()
        place.medium = "GPU"
        func stored(_ at: Int32) -> KVStoredBlocks {
            let tokens = (0..<4).map { TokenID(4 * at + $0) }
            var stored = KVStoredBlocks(
                blocks: [.init(hash: KVBlockHash(1000 + Int64(at)), tokens: tokens, size: 4)],
                parent: at > 0 ? KVBlockHash(999 + Int64(at)) : nil)
            stored.place = place
            return stored
        }
        #expect(got.batches[0].events == [KVEvent(id: 1, change: .stored(stored(0)))])
        #expect(
            got.batches[2].events == [
                KVEvent(id: 5, change: .stored(stored(2))),
                KVEvent(id: 6, change: .removed([KVBlockHash(1000)], from: place)),
            ])
    }

    @Test func readsAllThatIsSaid() async throws {
        let batch = Self.batch(4, rank: 1) { batch in
            var event = SMGKvCacheEvent()
            event.stored.blocks = [SMGKvBlock()]
            event.stored.blocks[0].blockHash = .min
            event.stored.blocks[0].cacheLevel = 2
            event.stored.locality = .remote
            event.stored.groupIdx = 3
            event.stored.kvCacheSpecKind = "sliding_window"
            event.stored.kvCacheSpecSlidingWindow = 512
            event.stored.loraName = "lora"
            event.stored.cacheSalt = "salt"
            event.stored.ownership = "agent"
            var removal = SMGKvCacheEvent()
            removal.removed.blockHashes = [-1]
            removal.removed.tier = .external
            removal.removed.locality = .local
            var clearance = SMGKvCacheEvent()
            clearance.cleared = SMGKvCacheCleared()
            // An event of a kind that is not known says nothing.
            batch.events = [event, removal, SMGKvCacheEvent(), clearance]
        }
        let got = try await subscribe([batch]).batches
        #expect(got.map(\.rank) == [1] && got[0].events.count == 3)
        guard case .stored(let stored)? = got.first?.events.first?.change else {
            Issue.record("the first is no block that was stored")
            return
        }
        #expect(stored.blocks == [.init(hash: KVBlockHash(.min), tokens: [], size: 0)] && stored.parent == nil)
        #expect(stored.place.tier == .disk && stored.place.isRemote == true && stored.place.group == 3)
        #expect(stored.place.owner == "agent" && stored.attention == "sliding_window" && stored.slidingWindow == 512)
        #expect(stored.lora == "lora" && stored.salt == "salt")
        var place = KVBlockPlace()
        (place.tier, place.isRemote) = (.external, false)
        #expect(got[0].events[1].change == .removed([KVBlockHash(-1)], from: place))
        #expect(got[0].events[2].change == .cleared)
    }

    // MARK: Order

    @Test func tellsWhatIsMissing() async throws {
        let got = try await subscribe([3, 4, 4, 7, 8, 0, 1].map { Self.batch($0) }).batches
        #expect(got.map(\.sequence) == [3, 4, 7, 8, 0, 1])
        #expect(got.map(\.continuity) == [.first, .next, .gap(missing: 2), .next, .restarted, .next])
    }

    @Test func countsEachRankByItself() async throws {
        let order: [(UInt64, Int32)] = [(5, 0), (9, 1), (6, 0), (10, 1), (8, 0), (11, 1)]
        let got = try await subscribe(order.map { Self.batch($0, rank: $1) }).batches
        #expect(got.map(\.continuity) == [.first, .first, .next, .next, .gap(missing: 1), .next])
    }

    @Test func recordsOfLoadAreNoBatches() async throws {
        let load = { (sequence: UInt64) in Self.batch(sequence) { $0.load.loadOnly = true } }
        let withLoad = Self.batch(2) { $0.load.runningRequests = 3 }
        let got = try await subscribe([load(0), Self.batch(1), load(1), load(1), withLoad]).batches
        #expect(got.map(\.sequence) == [1, 2] && got.map(\.continuity) == [.first, .next])
    }

    @Test func aSnapshotReplacesWhatWasKnown() async throws {
        let parts = (0..<3).map { index in
            Self.batch(UInt64(20 + index)) { batch in
                batch.snapshot.index = UInt32(index)
                batch.snapshot.count = 3
                batch.snapshot.blocks = 7
                batch.snapshot.unknownBefore = 2
            }
        }
        let got = try await subscribe([Self.batch(50)] + parts + [Self.batch(23), Self.batch(25)]).batches
        #expect(got.map(\.continuity) == [.first, .snapshot, .next, .next, .next, .gap(missing: 1)])
        #expect(got[1].snapshot == .init(index: 0, count: 3, blocks: 7, unknownBefore: 2))
        #expect(got[4].snapshot == nil)
    }

    @Test func goesOnFromABatch() async throws {
        let script = MockCacheEvents.script(batches: 6)
        let got = try await subscribe(script, from: 4).batches
        #expect(got.map(\.sequence) == [4, 5] && got.map(\.continuity) == [.first, .next])
        let late = try await subscribe(Array(script[3...]), from: 1).batches
        #expect(late.first?.continuity == .gap(missing: 2))
    }

    // MARK: Ends

    @Test func saysWhyItEnds() async throws {
        let script = MockCacheEvents.script(batches: 2)
        for code in [RPCStatusCode.unimplemented, .outOfRange, .dataLoss] {
            let got = try await subscribe(script, end: RPCStatus(code, "why"))
            #expect(got.batches.count == 2 && got.error?.code == code && got.error?.message == "why")
        }
        let malformed = try await subscribe([], malformed: true)
        #expect(malformed.error?.code == .internal)
    }

    @Test func aLostEngineEndsIt() async throws {
        var profile = MockProfile(.sglang)
        profile.cacheEvents = MockCacheEvents.script(batches: 1)
        try await Self.with(profile) { _, server, group in
            let error = await #expect(throws: RPCStatus.self) {
                try await KVEventSubscription.run(RPCEndpoint(server.address), .sglang, on: group.next()) { _ in
                    // Nobody awaits it: it ends by itself, and the test with it.
                    Task { await server.goDown() }
                }
            }
            #expect(error?.code == .unavailable)
            let nobody = await #expect(throws: RPCStatus.self) {
                try await KVEventSubscription.run(RPCEndpoint(server.address), .sglang, on: group.next()) { _ in }
            }
            #expect(nobody?.code == .unavailable)
        }
    }

    @Test func whoSubscribedEndsIt() async throws {
        struct Enough: Error {}
        var profile = MockProfile(.vllm)
        profile.cacheEvents = MockCacheEvents.script(batches: 1)
        try await Self.with(profile) { _, server, group in
            await #expect(throws: Enough.self) {
                try await KVEventSubscription.run(RPCEndpoint(server.address), .vllm, on: group.next()) { _ in
                    throw Enough()
                }
            }
            let (subscribed, subscribe) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await KVEventSubscription.run(RPCEndpoint(server.address), .vllm, on: group.next()) { _ in
                    subscribe.yield()
                }
            }
            for await _ in subscribed { break }
            task.cancel()
            let error = await #expect(throws: RPCStatus.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }
}
