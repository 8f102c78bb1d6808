/// What one side said.
package struct ChatMessage: Equatable, Sendable {
    package var role: ChatRole
    package var content: String

    package init(_ role: ChatRole, _ content: String) {
        self.role = role
        self.content = content
    }
}
