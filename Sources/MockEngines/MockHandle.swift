import NIOCore

/// A generation from outside of its event loop.
// @unchecked because the generation is touched on its event loop alone.
final class MockHandle: @unchecked Sendable {
    let wireID: String
    private let loop: any EventLoop
    private weak var generation: MockGeneration?

    init(_ generation: MockGeneration, wireID: String, on loop: any EventLoop) {
        self.generation = generation
        self.wireID = wireID
        self.loop = loop
    }

    /// Does something with the generation on its loop, unless it has ended by then.
    func perform(_ action: @escaping @Sendable (MockGeneration) -> Void) {
        loop.execute {
            guard let generation = self.generation, !generation.hasEnded else { return }
            action(generation)
        }
    }
}
