package import AccessKeys
package import NIOHTTP1
package import OpenAIAPI

/// Knows clients by a key that they send as `Authorization: Bearer KEY` or as `x-api-key: KEY`.
///
/// A request may give its key several times, as some clients do in both ways, but only one key. About 2 µs a request.
package struct KeyAuthenticator: Authenticator {
    private static let bearer = Array("bearer".utf8)

    private let keys: KeyStore

    package init(_ keys: KeyStore) { self.keys = keys }

    package func principal(of head: HTTPRequestHead) throws(APIError) -> Principal {
        var given: KeyDigest?
        for (name, value) in head.headers {
            let digest: KeyDigest?
            if Self.isName(name, "authorization") {
                digest = Self.digest(value) { Self.token(of: $0) }
            } else if Self.isName(name, "x-api-key") {
                digest = Self.digest(value) { Self.trimmed($0) }
            } else {
                continue
            }
            guard let digest else { throw .malformedKey }
            guard given == nil || given == digest else { throw .severalKeys }
            given = digest
        }
        guard let given else { throw .missingKey }
        guard let principal = keys.principal(of: given) else { throw .wrongKey }
        return principal
    }

    /// Whether a field has this name, which is in lower case.
    private static func isName(_ name: String, _ wanted: StaticString) -> Bool {
        guard name.utf8.count == wanted.utf8CodeUnitCount else { return false }
        return zip(name.utf8, UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount))
            .allSatisfy { isSame($0, $1) }
    }

    /// Whether a byte is a letter or sign that is given in lower case.
    private static func isSame(_ byte: UInt8, _ lower: UInt8) -> Bool {
        byte == lower || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) && byte | 0x20 == lower
    }

    /// The digest of the part of a field that is the key; nil if that has no key's form.
    private static func digest(
        _ value: String, _ key: (UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
    ) -> KeyDigest? {
        var value = value
        return value.withUTF8 { bytes in
            key(UnsafeRawBufferPointer(bytes)).flatMap { KeyDigest(key: $0) }
        }
    }

    /// What follows `Bearer`, in any case, and blanks; nil if that is not how the value begins.
    private static func token(of value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let value = trimmed(value)
        let scheme = value.prefix(bearer.count)
        guard scheme.count == bearer.count, zip(scheme, bearer).allSatisfy({ isSame($0, $1) }) else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: value.dropFirst(bearer.count))
        guard let first = rest.first, isBlank(first) else { return nil }
        return trimmed(rest)
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes[start...].lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
