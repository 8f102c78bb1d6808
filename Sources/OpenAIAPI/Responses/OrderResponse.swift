private import JSONBytes
package import ServingModel

/// What each worker says to an order.
package struct OrderResponse: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var worker: WorkerID
        package var reply: WorkerReply

        package init(worker: WorkerID, reply: WorkerReply) {
            self.worker = worker
            self.reply = reply
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.raw(#"{"ok":"#)
        writer.write(entries.allSatisfy(\.reply.isDone))
        writer.raw(#","workers":["#)
        for (at, entry) in entries.enumerated() {
            writer.raw(at == 0 ? #"{"worker":"# : #",{"worker":"#)
            writer.write(entry.worker.rawValue)
            writer.raw(#","ok":"#)
            writer.write(entry.reply.isDone)
            writer.raw(#","message":"#)
            writer.write(entry.reply.message)
            writer.raw("}")
        }
        writer.raw("]}")
        bytes += writer.bytes
    }
}
