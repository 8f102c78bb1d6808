package import EngineWire
package import NIOCore
package import RPCTransport
import SwiftProtobuf

/// One `SubscribeKvEvents` call on a connection of its own: what changes in an engine's cache, as long as it is wanted.
///
/// Records of load that come in between are passed over. Confined to its event loop.
package final class KVEventSubscription: RPCClientOwner {
    private let consume: @Sendable ([KVEventBatch]) throws -> Void
    private let end: EventLoopPromise<Void>
    private var connection: RPCClientConnection?
    private var cursor: KVEventCursor
    private var batches: [KVEventBatch] = []
    private var hasEnded = false

    private init(
        from start: UInt64, end: EventLoopPromise<Void>, consume: @escaping @Sendable ([KVEventBatch]) throws -> Void
    ) {
        cursor = KVEventCursor(from: start)
        self.end = end
        self.consume = consume
    }

    /// Subscribes, and returns when the engine has ended the stream. Throws what went wrong: engines that publish no
    /// events say `unimplemented`, those that cannot go on without a gap `dataLoss`, those that have not what was asked
    /// for `outOfRange`, and then a new subscription from 0 is what helps. Cancelling the task ends it.
    ///
    /// - Parameters:
    ///   - start: the number of the first batch that is wanted; 0 begins with the present.
    ///   - consume: takes the batches of one read, in their order; called on `loop`. What it throws ends the subscription.
    package static func run(
        _ endpoint: RPCEndpoint, _ dialect: EngineDialect, from start: UInt64 = 0,
        limits: RPCClientLimits = RPCClientLimits(), on loop: any EventLoop,
        consume: @escaping @Sendable ([KVEventBatch]) throws -> Void
    ) async throws {
        let message: [UInt8] = try SMGSubscribeKvEventsRequest.with { $0.startSequenceNumber = start }.serializedBytes()
        let end = loop.makePromise(of: Void.self)
        // Succeeds when the task is cancelled or the call has ended, whichever comes first.
        let unwanted = loop.makePromise(of: Void.self)
        loop.execute {
            let subscription = KVEventSubscription(from: start, end: end, consume: consume)
            subscription.begin(endpoint, dialect, message, limits, on: loop)
            unwanted.futureResult.assumeIsolated().whenComplete { _ in
                subscription.fail(RPCStatus(.cancelled, "cancelled here"))
            }
        }
        defer { unwanted.succeed(()) }
        try await withTaskCancellationHandler {
            try await end.futureResult.get()
        } onCancel: {
            unwanted.succeed(())
        }
    }

    private func begin(
        _ endpoint: RPCEndpoint, _ dialect: EngineDialect, _ message: [UInt8], _ limits: RPCClientLimits,
        on loop: any EventLoop
    ) {
        let opening = RPCClientConnection.connect(to: endpoint, on: loop, limits: limits, owner: self)
        opening.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection):
                guard !self.hasEnded else { return connection.close() }
                self.connection = connection
                let path = RPCPath(service: dialect.service, method: "SubscribeKvEvents")
                _ = connection.begin(path: path, message: message)
            case .failure(let error): self.fail(error)
            }
        }
    }

    /// Hands out what has arrived, and ends.
    private func finish(_ status: RPCStatus) {
        deliver()
        guard !hasEnded else { return }
        guard status.code == .ok else { return fail(status) }
        end.succeed(())
        leave()
    }

    private func fail(_ error: any Error) {
        guard !hasEnded else { return }
        end.fail(error)
        leave()
    }

    private func leave() {
        hasEnded = true
        connection?.close()
    }

    private func deliver() {
        guard !hasEnded, !batches.isEmpty else { return }
        defer { batches.removeAll(keepingCapacity: true) }
        do {
            try consume(batches)
        } catch {
            fail(error)
        }
    }

    // MARK: Connection

    package func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
        guard !hasEnded else { return }
        guard let batch = try? SMGKvEventBatch(serializedBytes: message.bytes) else {
            return finish(RPCStatus(.internal, "a batch of events is not understood"))
        }
        guard !batch.load.loadOnly else { return }
        let rank = batch.hasDpRank ? Int(batch.dpRank) : nil
        let continuity = cursor.note(
            rank: rank, sequence: batch.sequenceNumber, beginsSnapshot: batch.hasSnapshot && batch.snapshot.index == 0)
        guard let continuity else { return }
        batches.append(
            KVEventBatch(
                sequence: batch.sequenceNumber, timestamp: batch.timestamp, rank: rank, continuity: continuity,
                snapshot: batch.hasSnapshot ? KVEventBatch.Snapshot(batch.snapshot) : nil,
                events: batch.events.compactMap { KVEvent($0) }))
    }

    package func ended(_ call: RPCCall, _ status: RPCStatus) { finish(status) }

    package func readCompleted() { deliver() }

    package func closed(_ reason: String) {
        connection = nil
        finish(RPCStatus(.unavailable, reason))
    }

    package func refusesNewCalls() {}
}

extension KVEventBatch.Snapshot {
    fileprivate init(_ chunk: SMGKvSnapshotChunk) {
        self.init(
            index: Int(chunk.index), count: Int(chunk.count), blocks: chunk.blocks, unknownBefore: chunk.unknownBefore)
    }
}
