/// Where an OpenAI-compatible server is, and what it takes to be let in.
package struct HTTPUpstreamAddress: Sendable, Equatable, CustomStringConvertible {
    /// The URL without a slash or `/v1` at its end, such as `http://host:8000`.
    package let base: String
    /// What the server wants as a bearer token. A secret: never logged.
    package var apiKey: String?
    /// How an `https` server is trusted, and is made to trust us; meaningless for `http`.
    package var tls = HTTPUpstreamTLS()

    /// Takes `http://` and `https://` URLs with a path or none; a path's `/v1`, which people write or leave out, is
    /// taken for part of what is asked for.
    ///
    /// - Throws: `HTTPUpstreamError.address` for anything else, and for user information, a query or a fragment: secrets
    ///   are not for URLs, and the rest would be lost.
    package init(url: String) throws(HTTPUpstreamError) {
        let lowered = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowered.hasPrefix) else {
            throw .address(url, "it must begin with http:// or https://")
        }
        let rest = url.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "?#\\".contains($0) }) else {
            throw .address(url, "it may hold no query, fragment, white space or characters beyond ASCII")
        }
        guard !rest.contains("@") else {
            // The URL is not repeated, since it may hold a password.
            throw .address(scheme + "…", "it may hold no user information; a key is given apart")
        }
        let authority = rest.prefix { $0 != "/" }
        guard Self.isValid(authority: authority) else { throw .address(url, "it names no host, or no valid port") }
        var path = rest.dropFirst(authority.count).split(separator: "/", omittingEmptySubsequences: true)
        if path.last == "v1" { path.removeLast() }
        base = scheme + authority.lowercased() + path.map { "/" + $0 }.joined()
    }

    package var description: String { base }

    private static func isValid(authority: Substring) -> Bool {
        let host: Substring
        let rest: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return false }
            host = authority[...close]
            rest = authority[authority.index(after: close)...]
            guard host.count > 2 else { return false }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
        }
        guard !host.isEmpty else { return false }
        guard !rest.isEmpty else { return true }
        guard rest.first == ":", let port = Int(rest.dropFirst()) else { return false }
        return (1...65535).contains(port) && rest.dropFirst().allSatisfy(\.isNumber)
    }
}
