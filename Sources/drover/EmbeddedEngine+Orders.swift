import Fleet
import LlamaEngine
import ServingModel

extension EmbeddedEngine {
    /// The engine as a worker that can be told to do something, by the name of `embedded`.
    var ordered: OrderedWorker {
        OrderedWorker(id: WorkerID("embedded"), models: [card.model]) { [self] order in
            switch order {
            case .flushCache(let waitSeconds): await flushCache(waitSeconds: waitSeconds).reply
            case .startProfile, .stopProfile: .unable("the embedded engine has no profiler")
            }
        }
    }
}
