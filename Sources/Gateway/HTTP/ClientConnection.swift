import ServingModel

/// A client's connection as its event loop keeps it, whatever is spoken on it.
protocol ClientConnection: AnyObject {
    /// Called now and then; ends what has lasted too long.
    func checkDeadline(_ now: Moment)
    /// The gateway is stopping: ends what is idle now, and what is being answered after its answer.
    func drain()
    /// The gateway will wait no longer.
    func breakOff()
}
