extension KeyRing {
    private static let digestMark = Array("sha256:".utf8)

    /// Adds the keys of a file, one a line: a name, a key or `sha256:` with the key's digest in hexadecimal, and if the
    /// key is not a user's the role, apart by blanks. Lines of blanks, and what follows a `#` that begins a word in the
    /// first place or behind the key, are not looked at.
    ///
    /// Throws for the first line that is not like this, and if there are no keys. O(bytes).
    package func adding(file bytes: [UInt8]) throws(KeyFileError) -> KeyRing {
        guard bytes.count <= KeyLimits.fileBytes else {
            throw KeyFileError("it has more than \(KeyLimits.fileBytes) bytes")
        }
        var ring = self
        for (at, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do throws(KeyFileError) {
                try ring.add(line: line)
            } catch {
                throw KeyFileError(error.problem, line: at + 1)
            }
        }
        guard ring.count > count else { throw KeyFileError("it holds no keys") }
        return ring
    }

    private mutating func add(line: ArraySlice<UInt8>) throws(KeyFileError) {
        var words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        guard let name = words.first, name.first != UInt8(ascii: "#") else { return }
        if let comment = words.indices.dropFirst(2).first(where: { words[$0].first == UInt8(ascii: "#") }) {
            words.removeSubrange(comment...)
        }
        guard (2...3).contains(words.count) else {
            throw KeyFileError("it must be a name, a key, and if the key is not a user's its role")
        }
        guard KeyLimits.nameBytes.contains(name.count), name.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw KeyFileError("a name has at most \(KeyLimits.nameBytes.upperBound) characters of visible ASCII")
        }
        let principal = Principal(
            name: String(decoding: name, as: UTF8.self), role: try words.count == 3 ? Self.role(words[2]) : .user)
        guard words[1].starts(with: Self.digestMark) else { return try add(Array(words[1]), of: principal) }
        guard let digest = KeyDigest(hexadecimal: words[1].dropFirst(Self.digestMark.count)) else {
            throw KeyFileError("64 hexadecimal digits follow sha256:")
        }
        try add(digest, of: principal)
    }

    private static func role(_ word: ArraySlice<UInt8>) throws(KeyFileError) -> KeyRole {
        guard let role = KeyRole.allCases.first(where: { word.elementsEqual($0.rawValue.utf8) }) else {
            throw KeyFileError("a role is \(KeyRole.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return role
    }
}
