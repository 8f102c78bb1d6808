package import ServingModel

/// A worker as one that is told to do something beside its requests.
package struct OrderedWorker: Sendable {
    package let id: WorkerID
    /// The models that it serves; none before it has joined.
    package let models: [ModelID]
    /// Has the worker do it, and returns what it says. Takes as long as the worker does; what is wrong with the worker is
    /// a reply too.
    package let carryOut: @Sendable (WorkerOrder) async -> WorkerReply

    package init(
        id: WorkerID, models: [ModelID], carryOut: @escaping @Sendable (WorkerOrder) async -> WorkerReply
    ) {
        self.id = id
        self.models = models
        self.carryOut = carryOut
    }
}
