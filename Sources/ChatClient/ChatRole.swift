/// Who says a message of a conversation.
package enum ChatRole: String, Sendable {
    case system
    case user
    case assistant
}
