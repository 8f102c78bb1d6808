package import Fleet
import JSONBytes
package import ServingModel

/// A worker's address with what is served there.
package struct WorkerReport: Sendable {
    let id: WorkerID
    /// The worker once for each model; empty until it has answered.
    let workers: [Worker]

    package init(id: WorkerID, workers: [Worker]) {
        self.id = id
        self.workers = workers
    }

    /// Appends what `GET /workers` answers.
    package static func append(_ reports: [WorkerReport], _ now: Moment, to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 128 * (reports.count + 1))
        writer.raw(#"{"workers":["#)
        for (index, report) in reports.enumerated() {
            if index > 0 { writer.raw(",") }
            report.write(now, to: &writer)
        }
        writer.raw(#"],"total":"#)
        writer.write(reports.count)
        writer.raw("}")
        bytes += writer.bytes
    }

    private func write(_ now: Moment, to writer: inout JSONWriter) {
        writer.raw(#"{"address":"#)
        writer.write(id.rawValue)
        writer.raw(#","kind":"#)
        if let worker = workers.first { writer.write(worker.card.kind.rawValue) } else { writer.raw("null") }
        writer.raw(#","models":["#)
        for (index, worker) in workers.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.write(worker.card.model.rawValue)
        }
        writer.raw(#"],"healthy":"#)
        writer.write(!workers.isEmpty && workers.allSatisfy(\.isHealthy))
        writer.raw(#","paused":"#)
        writer.write(workers.contains { $0.isPaused(now) })
        writer.raw(#","outstanding":"#)
        writer.write(workers.reduce(0) { $0 + $1.outstanding })
        writer.raw("}")
    }
}
