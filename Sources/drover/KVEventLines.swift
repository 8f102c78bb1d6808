import GRPCEngines
import JSONBytes
import ServingModel

/// Changes of an engine's cache as lines of JSON.
enum KVEventLines {
    /// A line an event, and one before them where the batch does not simply follow the one before.
    static func lines(of batch: KVEventBatch) -> [String] {
        var lines: [String] = []
        var notice = head(of: batch)
        switch batch.continuity {
        case .first, .next: break
        case .gap(let missing):
            notice["event"] = "gap"
            notice["missing"] = .integer(Int(clamping: missing))
        case .restarted: notice["event"] = "restarted"
        case .snapshot:
            notice["event"] = "snapshot"
            notice["parts"] = batch.snapshot.map { .integer($0.count) }
            notice["blocks"] = batch.snapshot.map { .integer(Int(clamping: $0.blocks)) }
            notice["unknown_before"] = batch.snapshot.map { .integer(Int(clamping: $0.unknownBefore)) }
        }
        if notice["event"] != nil { lines.append(JSONValue.object(notice).text) }
        return lines + batch.events.map { line(of: $0, in: batch) }
    }

    private static func head(of batch: KVEventBatch) -> JSONObject {
        var members = JSONObject()
        members["sequence"] = .integer(Int(clamping: batch.sequence))
        members["timestamp"] = .double(batch.timestamp)
        members["rank"] = batch.rank.map { .integer($0) }
        return members
    }

    private static func line(of event: KVEvent, in batch: KVEventBatch) -> String {
        var members = head(of: batch)
        switch event.change {
        case .stored(let stored):
            members["event"] = "stored"
            members["id"] = .integer(Int(clamping: event.id))
            members["parent"] = stored.parent.map { .string($0.description) }
            members["blocks"] = .array(stored.blocks.map(block))
            add(stored.place, to: &members)
            members["attention"] = stored.attention.map { .string($0) }
            members["sliding_window"] = stored.slidingWindow.map { .integer($0) }
            members["lora"] = stored.lora.map { .string($0) }
            members["salt"] = stored.salt.map { .string($0) }
        case .removed(let hashes, let place):
            members["event"] = "removed"
            members["id"] = .integer(Int(clamping: event.id))
            members["hashes"] = .array(hashes.map { .string($0.description) })
            add(place, to: &members)
        case .cleared:
            members["event"] = "cleared"
            members["id"] = .integer(Int(clamping: event.id))
        }
        return JSONValue.object(members).text
    }

    private static func block(_ block: KVStoredBlocks.Block) -> JSONValue {
        [
            "hash": .string(block.hash.description), "size": .integer(block.size),
            "tokens": .array(block.tokens.map { .integer(Int($0.rawValue)) }),
        ]
    }

    private static func add(_ place: KVBlockPlace, to members: inout JSONObject) {
        members["tier"] = .string(place.tier.rawValue)
        members["medium"] = place.medium.map { .string($0) }
        members["group"] = place.group.map { .integer($0) }
        members["remote"] = place.isRemote.map { .bool($0) }
        members["owner"] = place.owner.map { .string($0) }
    }
}
