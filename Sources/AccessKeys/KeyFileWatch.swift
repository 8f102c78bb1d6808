/// Decides what becomes of a file of keys that is looked at now and then.
///
/// A change counts once two looks in a row have found the same: a file that is just being written may have the first half
/// of its keys. What cannot be used leaves the keys that are in use, and is complained of once.
package struct KeyFileWatch: Sendable {
    package enum Action: Sendable, Equatable {
        case none
        /// Uses these keys from now on.
        case adopt(KeyRing)
        case complain(KeyFileError)
    }

    /// The keys that are there whatever the file says.
    private let base: KeyRing
    private var adopted: KeyDigest
    /// What the last look found, if it was something else than what is in use.
    private var candidate: KeyDigest?
    private var complaint: KeyFileError?

    /// - Parameter file: what the keys that are in use came from.
    package init(base: KeyRing, file: [UInt8]) {
        self.base = base
        adopted = file.withUnsafeBytes { KeyDigest(of: $0) }
    }

    /// Takes what a look found.
    package mutating func note(_ content: Result<[UInt8], KeyFileError>) -> Action {
        let bytes: [UInt8]
        switch content {
        case .success(let found): bytes = found
        case .failure(let error):
            candidate = nil
            return complain(error)
        }
        let digest = bytes.withUnsafeBytes { KeyDigest(of: $0) }
        guard digest != adopted else {
            (candidate, complaint) = (nil, nil)
            return .none
        }
        guard digest == candidate else {
            candidate = digest
            return .none
        }
        do throws(KeyFileError) {
            let ring = try base.adding(file: bytes)
            (adopted, candidate, complaint) = (digest, nil, nil)
            return .adopt(ring)
        } catch {
            return complain(error)
        }
    }

    private mutating func complain(_ error: KeyFileError) -> Action {
        guard complaint != error else { return .none }
        complaint = error
        return .complain(error)
    }
}
