/// The bounds of what a chat takes from a server and from its user, and of how long it waits.
package struct ChatLimits: Sendable {
    /// The longest line of an event stream, in bytes.
    package var lineBytes = 1 << 20
    /// The most data of one event, in bytes.
    package var eventBytes = 4 << 20
    /// The most bytes of one response.
    package var responseBytes = 64 << 20
    /// The most bytes read of a response that reports an error.
    package var errorBytes = 64 << 10
    /// The longest input of the user, in bytes.
    package var inputBytes = 16 << 20
    /// How long a connection may take to be made, in seconds.
    package var connectSeconds = 10.0
    /// How long a server may say nothing, in seconds. A long prompt is quiet until its first token.
    package var idleSeconds = 600.0

    package init() {}

    /// Stops the process if a bound is zero or negative, or an event could not hold a line.
    package func check() {
        precondition(min(lineBytes, errorBytes, inputBytes) > 0, "a limit of bytes is positive")
        precondition(
            lineBytes <= eventBytes && eventBytes <= responseBytes, "a response holds an event, which holds a line")
        precondition(connectSeconds > 0 && idleSeconds > 0, "a time limit is positive")
    }
}
