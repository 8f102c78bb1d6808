import EngineWire
import ServingModel

extension KVEvent {
    /// Nil for an event of a kind that is not known.
    init?(_ event: SMGKvCacheEvent) {
        switch event.data {
        case .stored(let stored): self.init(id: event.eventID, change: .stored(KVStoredBlocks(stored)))
        case .removed(let removed):
            var place = KVBlockPlace()
            place.set(
                tier: removed.hasTier ? removed.tier : nil, level: removed.hasCacheLevel ? removed.cacheLevel : nil,
                locality: removed.hasLocality ? removed.locality : nil)
            place.medium = removed.hasMedium ? removed.medium : nil
            place.group = removed.hasGroupIdx ? Int(removed.groupIdx) : nil
            place.owner = removed.hasOwnership ? removed.ownership : nil
            self.init(id: event.eventID, change: .removed(removed.blockHashes.map(KVBlockHash.init), from: place))
        case .cleared: self.init(id: event.eventID, change: .cleared)
        case nil: return nil
        }
    }
}

extension KVStoredBlocks {
    fileprivate init(_ stored: SMGKvBlocksStored) {
        blocks = stored.blocks.map { block in
            Block(
                hash: KVBlockHash(block.blockHash), tokens: block.tokenIds.map { TokenID(Int32(bitPattern: $0)) },
                size: Int(block.blockSize))
        }
        parent = stored.hasParentBlockHash ? KVBlockHash(stored.parentBlockHash) : nil
        let level = stored.blocks.first.flatMap { $0.hasCacheLevel ? $0.cacheLevel : nil }
        place.set(
            tier: stored.hasTier ? stored.tier : nil, level: level, locality: stored.hasLocality ? stored.locality : nil
        )
        place.medium = stored.hasMedium ? stored.medium : nil
        place.group = stored.hasGroupIdx ? Int(stored.groupIdx) : nil
        place.owner = stored.hasOwnership ? stored.ownership : nil
        attention = stored.hasKvCacheSpecKind ? stored.kvCacheSpecKind : nil
        slidingWindow = stored.hasKvCacheSpecSlidingWindow ? Int(stored.kvCacheSpecSlidingWindow) : nil
        lora = stored.hasLoraName ? stored.loraName : nil
        salt = stored.hasCacheSalt ? stored.cacheSalt : nil
    }
}

extension KVBlockPlace {
    /// - Parameter level: the tier as older engines say it.
    fileprivate mutating func set(tier: SMGKvCacheTier?, level: Int32?, locality: SMGKvCacheLocality?) {
        switch tier {
        case .device?: self.tier = .device
        case .host?: self.tier = .host
        case .disk?: self.tier = .disk
        case .external?: self.tier = .external
        default:
            if let level, KVCacheTier.allCases.indices.contains(Int(level)) {
                self.tier = KVCacheTier.allCases[Int(level)]
            }
        }
        switch locality {
        case .local?: isRemote = false
        case .remote?: isRemote = true
        default: isRemote = nil
        }
    }
}
