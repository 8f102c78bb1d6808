/// Where an engine keeps a block.
package enum KVCacheTier: String, Sendable, CaseIterable {
    case device, host, disk, `external`
}
