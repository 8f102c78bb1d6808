import Archives
import EngineWire
import Fleet
import GRPCEngines
import Gateway
import JSONBytes
import Logging
import NIOCore
import RPCTransport
import ServingModel
import Synchronization
import Tokenization

/// Turns what is known of workers into what the gateway serves.
final class GatewayFleet: Sendable {
    private struct State {
        /// By model, one for each kind of engine.
        var sources: [ModelID: [PooledEngineSource]] = [:]
        var texts: [ModelID: TextModel] = [:]
    }

    let catalog = ModelCatalog()
    private let settings: GatewaySettings
    private let contacts: [WorkerID: GRPCContact]
    private let idPrefix: String
    private let state = Mutex(State())

    init(_ settings: GatewaySettings, group: any EventLoopGroup) {
        self.settings = settings
        let contacts = settings.workers.map { worker in
            (worker.id, GRPCContact(worker.endpoint, modelName: settings.name, group: group))
        }
        self.contacts = Dictionary(uniqueKeysWithValues: contacts)
        idPrefix = "drover-" + String(UInt64.random(in: 0 ... .max), radix: 36) + "-"
    }

    var members: [FleetService.Member] {
        settings.workers.compactMap { worker in
            contacts[worker.id].map { FleetService.Member(id: worker.id, contact: $0) }
        }
    }

    /// All workers of all models.
    var workers: [Worker] { state.withLock { $0.sources.values.joined().flatMap(\.pool.workers) } }

    func apply(_ id: WorkerID, _ change: FleetService.Change) async throws {
        switch change {
        case .joined(let description): try await join(id, description)
        case .lost: for worker in workers where worker.id == id { worker.setHealthy(false) }
        case .back: for worker in workers where worker.id == id { worker.setHealthy(true) }
        }
    }

    // MARK: Joining

    private func join(_ id: WorkerID, _ description: WorkerDescription) async throws {
        guard let contact = contacts[id], var card = description.cards.first,
            let dialect = EngineDialect.allCases.first(where: { $0.kind == card.kind })
        else { return }
        card.samplingDefaults = try SamplingDefaults.read(description.samplingDefaults)
        let text = try await text(of: card, description, contact, dialect)
        var endTokens = description.endTokens
        endTokens += text.tokenizer.vocabulary.specials.endOfGeneration.filter { !endTokens.contains($0) }
        let engine = RemoteEngine.Subject(
            card: card, dialect: dialect, endpoint: contact.endpoint, endTokens: endTokens, idPrefix: idPrefix,
            limits: settings.engine)
        let worker = Worker(id: id, card: card) { loop in RemoteEngine(engine, loop: loop, now: { WallClock.now }) }
        let (sources, gone) = put(worker)
        let seconds = settings.service.gateway.limits.queueSeconds
        catalog.put(ServedModel(text, sources: sources, queueSeconds: seconds))
        for old in gone { await old.shutDown() }
    }

    /// Adds a worker; returns all sources of its model, and what the worker was before.
    private func put(_ worker: Worker) -> (sources: [PooledEngineSource], gone: [Worker]) {
        state.withLock { state in
            var gone: [Worker] = []
            for source in state.sources.values.joined() {
                if let old = source.pool.remove(worker.id) { gone.append(old) }
            }
            var sources = state.sources[worker.card.model] ?? []
            let source: PooledEngineSource
            if let known = sources.first(where: { $0.pool.kind == worker.card.kind }) {
                source = known
            } else {
                let pool = WorkerPool(model: worker.card.model, kind: worker.card.kind)
                source = PooledEngineSource(pool, now: { WallClock.now })
                sources.append(source)
            }
            source.pool.put(worker)
            state.sources[worker.card.model] = sources
            return (sources, gone)
        }
    }

    // MARK: Text

    private func text(
        of card: EngineCard, _ description: WorkerDescription, _ contact: GRPCContact, _ dialect: EngineDialect
    ) async throws -> TextModel {
        if let text = state.withLock({ $0.texts[card.model] }) { return text }
        let file = try await file(description, contact, dialect)
        let text = file.text(
            name: card.model, outputFormat: settings.outputFormat, contextTokens: card.contextTokens)
        state.withLock { $0.texts[card.model] = text }
        return text
    }

    /// The model's files: where the settings say, where the worker has them if that is on this machine, or as the worker
    /// sends them.
    private func file(
        _ description: WorkerDescription, _ contact: GRPCContact, _ dialect: EngineDialect
    ) async throws -> ModelFile {
        if let path = settings.modelPath { return try ModelFile(path: path) }
        if let path = description.modelPath, let file = try? ModelFile(path: path) { return file }
        let archive = try ZipArchive(try await contact.tokenizerArchive(dialect))
        return try ModelFile(files: archive.files, of: "\(contact.endpoint.address)")
    }
}
