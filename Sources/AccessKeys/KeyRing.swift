/// The keys that clients are let in by, as digests.
package struct KeyRing: Sendable, Equatable {
    private var principals: [KeyDigest: Principal] = [:]

    package init() {}

    package var count: Int { principals.count }

    /// Whose key has this digest; nil if no one's has. O(1).
    package func principal(of digest: KeyDigest) -> Principal? { principals[digest] }

    /// Adds a key as it is. Throws if it is none, or there already.
    package mutating func add(_ key: [UInt8], of principal: Principal) throws(KeyFileError) {
        guard let digest = key.withUnsafeBytes({ KeyDigest(key: $0) }) else {
            throw KeyFileError(
                "a key has \(KeyLimits.keyBytes.lowerBound) to \(KeyLimits.keyBytes.upperBound) characters of visible ASCII"
            )
        }
        try add(digest, of: principal)
    }

    mutating func add(_ digest: KeyDigest, of principal: Principal) throws(KeyFileError) {
        guard principals.updateValue(principal, forKey: digest) == nil else {
            throw KeyFileError("this key is there twice")
        }
        guard count <= KeyLimits.keys else { throw KeyFileError("there are more than \(KeyLimits.keys) keys") }
    }
}
