import EngineWire
import ServingModel

/// Decides when a subscriber of cache events is sent a record of the load: at once when it has changed enough, else as
/// a sign of life.
struct LoadRecorder {
    /// How often it wants to be asked.
    static let tickSeconds = 0.1
    /// How long it is silent; longer when two signs of life in a row had nothing new.
    private static let silenceSeconds = 1.0
    private static let idleSilenceSeconds = 5.0

    private var last: (load: WorkerLoad, at: Moment)?
    private var samples: UInt64 = 0
    private var idleRecords = 0

    /// A batch without events that carries the load; nil if none is due. `timestamp` is in seconds since 1970.
    ///
    /// Its number is 0, which stands before every batch of events, of which there are none yet.
    mutating func batch(_ load: WorkerLoad, now: Moment, timestamp: Double) -> SMGKvEventBatch? {
        let hasChanged = last.map { load.isFar(from: $0.load) } ?? true
        let silence = idleRecords >= 2 ? Self.idleSilenceSeconds : Self.silenceSeconds
        if let last, !hasChanged, now.seconds(since: last.at) < silence { return nil }
        idleRecords = hasChanged ? 0 : idleRecords + 1
        last = (load, now)
        samples += 1
        var batch = SMGKvEventBatch()
        batch.timestamp = timestamp
        batch.load = load.record
        batch.load.sample = samples
        batch.load.loadOnly = true
        return batch
    }
}
