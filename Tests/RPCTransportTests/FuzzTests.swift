import NIOCore
import RPCTesting
import RPCTransport
import Testing

/// Sessions of servers that lie: valid ones, with frames changed, cut, doubled, moved and made up. Nothing may crash or
/// hang, and every call ends exactly once.
struct FuzzTests {
    private static let sessions = 30_000

    @Test func survivesWhateverServersSay() throws {
        for seed in 0..<UInt64(Self.sessions) {
            var random = Seeded(seed)
            try run(&random, seed: seed)
        }
    }

    private func run(_ random: inout Seeded, seed: UInt64) throws {
        var limits = RPCClientLimits()
        limits.streamWindowBytes = random.chance(0.3) ? 200 : 1 << 18
        limits.messageBytes = 4096
        let settings = random.chance(0.3) ? [(3, random.below(4)), (4, random.below(40))] : [(3, 100)]
        let server = try ScriptedServer(limits: limits, settings: settings)
        let owner = server.owner
        var calls = (0..<(1 + random.below(4))).map { _ in
            server.begin(Array(repeating: 1, count: random.below(100)), timeoutSeconds: random.chance(0.1) ? 2 : nil)
        }
        var inner = Seeded(seed ^ 0xffff)
        owner.onMessage = { call, _ in
            switch inner.below(20) {
            case 0:
                server.connection.cancel(call)
                owner.cancelled(call)
            case 1: calls.append(server.connection.begin(path: ScriptedServer.path, message: [1]))
            case 2: server.connection.setPaused(call, true)
            case 3: server.connection.setPaused(calls[0], false)
            default: break
            }
        }
        var bytes = mutated(&random, calls: calls.count)
        while !bytes.isEmpty {
            let count = random.chance(0.5) ? bytes.count : 1 + random.below(bytes.count)
            server.feed(Array(bytes.prefix(count)))
            bytes = Array(bytes.dropFirst(count))
            if random.chance(0.05) { server.advance(seconds: Double(random.below(30))) }
        }
        _ = try server.sent()
        if random.chance(0.5) { server.hangUp() } else { server.connection.close() }
        server.tick()
        #expect(calls.allSatisfy(owner.hasEnded), "seed \(seed)")
        #expect(owner.closeReason != nil && !owner.isUncompleted && server.connection.openCalls == 0, "seed \(seed)")
    }

    private func mutated(_ random: inout Seeded, calls: Int) -> [UInt8] {
        var frames = session(&random, calls: calls)
        for _ in 0..<random.below(4) {
            let index = random.below(frames.count)
            switch random.below(8) {
            case 0: frames.remove(at: index)
            case 1: frames.insert(frames[index], at: random.below(frames.count))
            case 2: frames.swapAt(index, random.below(frames.count))
            case 3: frames[index].flags ^= 1 << UInt8(random.below(8))
            case 4: frames[index].type = UInt8(random.below(12))
            case 5: frames[index].stream = UInt32(random.below(12))
            case 6 where !frames[index].payload.isEmpty:
                frames[index].payload[random.below(frames[index].payload.count)] = UInt8(random.below(256))
            default: frames[index].payload = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            }
            if frames.isEmpty { frames = [Frame(type: Frame.settings)] }
        }
        var bytes = frames.flatMap(\.bytes)
        if random.chance(0.3), !bytes.isEmpty {
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        }
        return bytes
    }

    /// A session as a good server might hold it.
    private func session(_ random: inout Seeded, calls: Int) -> [Frame] {
        var bytes: [UInt8] = []
        var pending: [UInt32: [UInt8]] = [:]
        for call in 0..<calls {
            let stream = UInt32(call * 2 + 1)
            bytes += Server.head(stream)
            pending[stream] = (0..<random.below(5)).flatMap { _ in
                Server.message(Array(repeating: 7, count: random.below(60)))
            }
        }
        while !pending.isEmpty {
            let streams = pending.keys.sorted()
            let stream = streams[random.below(streams.count)]
            let rest = pending[stream] ?? []
            let count = min(rest.count, random.below(50))
            bytes += Server.data(stream, Array(rest.prefix(count)), padding: random.chance(0.2) ? random.below(9) : nil)
            pending[stream] = rest.count > count ? Array(rest.dropFirst(count)) : nil
            if rest.count <= count {
                bytes +=
                    random.chance(0.3) ? AnswerTests.unfinishedTrailers(stream, status: 3) : Server.trailers(stream)
            }
            switch random.below(12) {
            case 0: bytes += Server.ping()
            case 1: bytes += Server.windowUpdate(stream, 1 + random.below(100))
            case 2: bytes += Server.settings([(4, random.below(200))])
            case 3: bytes += Server.settings([(1, 0), (3, random.below(5))])
            case 4: bytes += Server.reset(stream, random.below(15))
            case 5 where random.chance(0.2): bytes += Server.goAway(last: UInt32(random.below(9)), text: "bye")
            default: break
            }
        }
        var rest = bytes[...]
        var frames: [Frame] = []
        while let frame = Frame.take(&rest) { frames.append(frame) }
        return frames
    }
}
