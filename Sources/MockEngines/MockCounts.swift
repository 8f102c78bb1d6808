/// What a mock engine has seen.
package struct MockCounts: Sendable, Equatable {
    package var calls = 0
    package var generations = 0
    /// Generations that go on now.
    package var running = 0
    /// Generations that wait for others to end.
    package var waiting = 0
    /// Generations whose client went away.
    package var cancelled = 0
    /// Generations that an Abort call ended.
    package var aborted = 0
    package var misbehaved = 0
}
