import Synchronization

/// The keys in use at present. They may be replaced at any time, by any thread.
package final class KeyStore: Sendable {
    private let ring: Mutex<KeyRing>

    package init(_ ring: KeyRing) { self.ring = Mutex(ring) }

    package func replace(with ring: KeyRing) { self.ring.withLock { $0 = ring } }

    /// Whose key has this digest; nil if no one's has. O(1), allocates nothing.
    package func principal(of digest: KeyDigest) -> Principal? { ring.withLock { $0.principal(of: digest) } }
}
