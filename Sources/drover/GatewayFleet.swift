import Archives
import EngineWire
import Fleet
import GRPCEngines
import Gateway
import HTTPEngine
import Logging
import NIOCore
import OpenAIAPI
import RPCTransport
import ServingModel
import Synchronization
import Tokenization

/// Turns what is known of workers into what the gateway serves.
final class GatewayFleet: Sendable {
    enum Contact: Sendable {
        case rpc(GRPCContact)
        case http(HTTPContact)

        var asked: any WorkerContact {
            switch self {
            case .rpc(let contact): contact
            case .http(let contact): contact
            }
        }
    }

    let catalog = ModelCatalog()
    private let settings: GatewaySettings
    let contacts: [WorkerID: Contact]
    private let idPrefix: String
    private let models = Mutex<[ModelID: FleetModel]>([:])

    init(_ settings: GatewaySettings, group: any EventLoopGroup) throws {
        self.settings = settings
        var contacts: [WorkerID: Contact] = [:]
        for worker in settings.workers {
            contacts[worker.id] =
                switch worker.place {
                case .rpc(let endpoint): .rpc(GRPCContact(endpoint, modelName: settings.name, group: group))
                case .http(let address):
                    .http(
                        HTTPContact(
                            upstream: try HTTPUpstream(
                                address, group: group, limits: settings.upstream,
                                logger: Logger(label: "drover.upstream")), modelName: settings.name))
                }
        }
        self.contacts = contacts
        idPrefix = "drover-" + String(UInt64.random(in: 0 ... .max), radix: 36) + "-"
    }

    var members: [FleetService.Member] {
        settings.workers.compactMap { worker in
            contacts[worker.id].map { FleetService.Member(id: worker.id, contact: $0.asked) }
        }
    }

    /// All workers of all models.
    var workers: [Worker] { models.withLock { $0.values.flatMap(\.pools).flatMap(\.workers) } }

    /// Every worker that the settings name.
    var reports: [WorkerReport] {
        let workers = Dictionary(grouping: workers, by: \.id)
        return settings.workers.map { worker in
            let own = workers[worker.id, default: []].sorted { $0.card.model.rawValue < $1.card.model.rawValue }
            return WorkerReport(id: worker.id, workers: own)
        }
    }

    func apply(_ id: WorkerID, _ change: FleetService.Change) async throws {
        switch change {
        case .joined(let description): try await join(id, description)
        case .lost: for worker in workers where worker.id == id { worker.setHealthy(false) }
        case .back:
            let back = workers.filter { $0.id == id }
            guard !back.isEmpty else { throw CommandFailure("\(id) has given way to another worker of its model") }
            for worker in back { worker.setHealthy(true) }
        }
    }

    /// Closes the connections to workers behind HTTP; those of the others end with their models.
    func shutDown() async {
        for case .http(let contact) in contacts.values { await contact.upstream.shutDown() }
    }

    // MARK: Joining

    private func join(_ id: WorkerID, _ description: WorkerDescription) async throws {
        var joining: [(worker: Worker, text: TextModel?)] = []
        switch contacts[id] {
        case .rpc(let contact)?: joining = [try await worker(id, description, contact)]
        case .http(let contact)?:
            joining = description.cards.map { card in
                let name = description.cards.count == 1 ? description.modelPath : nil
                let link = Worker.Link.text(contact.upstream, model: name ?? card.model.rawValue)
                return (Worker(id: id, card: card, link: link), nil)
            }
        case nil: return
        }
        var gone = remove(id)
        let result = Result { for (worker, text) in joining { gone += try put(worker, text) } }
        removeEmptyModels()
        for old in gone { await old.shutDown() }
        try result.get()
    }

    private func worker(
        _ id: WorkerID, _ description: WorkerDescription, _ contact: GRPCContact
    ) async throws -> (Worker, TextModel?) {
        guard var card = description.cards.first,
            let dialect = EngineDialect.allCases.first(where: { $0.kind == card.kind })
        else { throw CommandFailure("\(id) serves no model") }
        card.samplingDefaults = try SamplingDefaults.read(description.samplingDefaults)
        let known = models.withLock { $0[card.model]?.text(besides: id) }
        let text: TextModel
        if let known {
            text = known
        } else {
            text = try await file(description, contact, dialect)
                .text(name: card.model, outputFormat: settings.outputFormat, contextTokens: card.contextTokens)
        }
        let specials = text.tokenizer.vocabulary.specials
        let ends = [specials.endOfSequence].compactMap { $0 } + specials.endOfGeneration
        let subject = RemoteEngine.Subject(
            card: card, dialect: dialect, endpoint: contact.endpoint,
            endTokens: description.endTokens + ends.filter { !description.endTokens.contains($0) },
            idPrefix: idPrefix, limits: settings.engine)
        let link = Worker.Link.tokens { loop in RemoteEngine(subject, loop: loop, now: { WallClock.now }) }
        return (Worker(id: id, card: card, link: link), text)
    }

    /// Takes a worker out of all models; returns what it was.
    private func remove(_ id: WorkerID) -> [Worker] {
        models.withLock { models in models.values.flatMap(\.pools).compactMap { $0.remove(id) } }
    }

    /// A model that nobody serves any more, not even a worker that is lost at present, is the gateway's no more.
    private func removeEmptyModels() {
        models.withLock { models in
            for id in models.filter({ $0.value.pools.allSatisfy(\.workers.isEmpty) }).map(\.key) {
                models[id] = nil
                catalog.remove(id)
            }
        }
    }

    /// Makes the worker one of its model's; returns those that give way.
    private func put(_ worker: Worker, _ text: TextModel?) throws(CommandFailure) -> [Worker] {
        try models.withLock { models throws(CommandFailure) in
            let id = worker.card.model
            var model = models[id] ?? FleetModel(id)
            let gone = try model.put(worker, text)
            models[id] = model
            catalog.put(served(model, worker.card))
            return gone
        }
    }

    private func served(_ model: FleetModel, _ card: EngineCard) -> ServedModel {
        let upstreams = model.upstreams.workers.isEmpty ? nil : model.upstreams
        if let text = model.text {
            return ServedModel(
                text, sources: model.sources, upstreams: upstreams,
                queueSeconds: settings.service.gateway.limits.queueSeconds)
        }
        return ServedModel(
            ModelListing(
                model: card.model, created: WallClock.secondsSince1970, owner: "drover",
                contextTokens: card.contextTokens > 0 ? card.contextTokens : nil), upstreams: model.upstreams)
    }

    /// A model's files: where the settings say, where the worker has them if that is on this machine, or as the worker
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
