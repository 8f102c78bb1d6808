/// A method with its receiver, to be called later.
final class BoundMethod: Sendable {
    let receiver: Value
    let method: Method

    init(_ receiver: Value, _ method: Method) {
        self.receiver = receiver
        self.method = method
    }
}
