/// The base URL of an OpenAI-compatible API, such as `https://host/v1`.
package struct ServerURL: Equatable, Sendable, CustomStringConvertible {
    /// Without a slash at its end.
    package let description: String

    /// Takes `http` and `https` URLs; one without a path gets `/v1`.
    ///
    /// Returns nil for anything else, and for a URL with user information, a query or a fragment: secrets are not for
    /// the command line, and the rest would be lost.
    package init?(_ text: String) {
        let lowered = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowered.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains(where: { "@?#\\".contains($0) }) else {
            return nil
        }
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty, !host.hasPrefix(":") else { return nil }
        let path = rest.dropFirst(host.count).split(separator: "/", omittingEmptySubsequences: true)
        description = scheme + host + "/" + (path.isEmpty ? "v1" : path.joined(separator: "/"))
    }

    /// The URL of an endpoint below this one.
    package func appending(_ path: String) -> String { "\(description)/\(path)" }
}
