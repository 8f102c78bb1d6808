/// Where blocks are, and who holds them, as far as the engine says.
package struct KVBlockPlace: Sendable, Equatable {
    /// The device's memory unless the engine says otherwise.
    package var tier = KVCacheTier.device
    /// The engine's own word for the tier.
    package var medium: String?
    /// The group of layers, in models with several kinds of attention.
    package var group: Int?
    /// Whether they are in a pool that is not the engine's own; nil if it does not say.
    package var isRemote: Bool?
    /// Who manages them, if that is not the engine.
    package var owner: String?

    package init() {}
}
