/// Who makes a request, as the key that came with it tells.
package struct Principal: Sendable, Hashable {
    /// The name of whoever holds the key; several keys may have the same.
    package let name: String
    package let role: KeyRole

    package init(name: String, role: KeyRole) {
        self.name = name
        self.role = role
    }
}
