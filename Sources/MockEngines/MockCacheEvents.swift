package import EngineWire
import NIOCore
import RPCTransport
import SwiftProtobuf

/// The events of a cache that a mock engine does not have.
package enum MockCacheEvents {
    private static let blockTokens: UInt32 = 4

    /// Batches of a sequence that grows by a block each; every third drops the block that is oldest.
    package static func script(batches: Int) -> [SMGKvEventBatch] {
        (0..<batches).map { at in
            SMGKvEventBatch.with { batch in
                batch.sequenceNumber = UInt64(at)
                batch.timestamp = 1_700_000_000 + Double(at)
                batch.events = [stored(at)]
                if at % 3 == 2 { batch.events.append(removed(at / 3, id: at)) }
            }
        }
    }

    private static func hash(_ block: Int) -> Int64 { 1000 + Int64(block) }

    private static func stored(_ at: Int) -> SMGKvCacheEvent {
        SMGKvCacheEvent.with { event in
            event.eventID = UInt64(2 * at + 1)
            event.stored.blocks = [
                .with { block in
                    block.blockHash = hash(at)
                    block.blockSize = Int32(blockTokens)
                    block.tokenIds = (0..<blockTokens).map { UInt32(at) * blockTokens + $0 }
                }
            ]
            if at > 0 { event.stored.parentBlockHash = hash(at - 1) }
            event.stored.tier = .device
            event.stored.medium = "GPU"
        }
    }

    private static func removed(_ block: Int, id: Int) -> SMGKvCacheEvent {
        SMGKvCacheEvent.with { event in
            event.eventID = UInt64(2 * id + 2)
            event.removed.blockHashes = [hash(block)]
            event.removed.tier = .device
            event.removed.medium = "GPU"
        }
    }

    /// Sends what a subscriber wants of the events.
    static func publish(_ profile: MockProfile, to call: RPCServerCall, _ request: [UInt8]) throws {
        let start = try SMGSubscribeKvEventsRequest(serializedBytes: request).startSequenceNumber
        for batch in profile.cacheEvents where batch.sequenceNumber >= start { call.send(try batch.serializedBytes()) }
        call.flush()
        if let status = profile.cacheEventsEnd { call.finish(status) }
    }
}
