import EngineWire
import Fleet
import GRPCEngines
import HTTPEngine
import ServingModel

extension GatewayFleet {
    /// All workers, those too that have not joined or are lost, as ones that can be told to do something.
    var orderedWorkers: [OrderedWorker] {
        let joined = Dictionary(grouping: workers, by: \.id)
        return members.map { member in
            let cards = (joined[member.id] ?? []).map(\.card)
            return OrderedWorker(id: member.id, models: cards.map(\.model)) { [self] order in
                guard let kind = cards.first?.kind else { return .unable("it has not joined yet") }
                return await carryOut(order, at: member.id, kind)
            }
        }
    }

    private func carryOut(_ order: WorkerOrder, at id: WorkerID, _ kind: EngineKind) async -> WorkerReply {
        switch contacts[id] {
        case .http(let contact)?: return await contact.upstream.carryOut(order)
        case .rpc(let contact)?:
            guard let dialect = EngineDialect.allCases.first(where: { $0.kind == kind }) else {
                return .unable("it takes no orders")
            }
            return await contact.carryOut(order, dialect)
        case nil: return .unable("it is no worker of this gateway")
        }
    }
}
