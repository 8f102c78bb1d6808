import ArgumentParser
import EngineWire
import Fleet
import GRPCEngines
import NIOCore
import NIOPosix
import RPCTransport
import ServingModel
import UnixSignals

struct KVEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv-events",
        abstract: "Shows what changes in an engine's KV cache, one JSON object a line, until Ctrl-C.",
        discussion: """
            The events are stored, removed and cleared. In between stand gap (batches are missing), restarted (the \
            engine counts anew) and snapshot (what follows replaces what was known). vLLM publishes events if it is \
            started with --kv-events-config. Hashes are 64 bits, which many readers of JSON cut as numbers, and so \
            they are strings.
            """)

    @Option(name: .shortAndLong, help: "The worker: grpc://host:port, grpcs://host:port or unix:/path.")
    var worker: String

    @Option(help: "The number of the first batch that is wanted; few engines keep old ones. (default: the present)")
    var from: UInt64 = 0

    @Option(help: "The certificates that the worker is trusted by, as a PEM file. (default: the system's)")
    var workerCA: String?

    @Option(help: "The certificate that the worker is shown, as a PEM file.")
    var workerCertificate: String?

    @Option(help: "The key of --worker-certificate, as a PEM file.")
    var workerKey: String?

    func run() async throws {
        let tls = WorkerTLS(authority: workerCA, certificate: workerCertificate, key: workerKey)
        guard let address = try WorkerAddress(worker, tls: tls, apiKey: nil), case .rpc(let endpoint) = address.place
        else {
            throw CommandFailure(
                "worker: '\(worker)' is not allowed; give grpc://host:port, grpcs://host:port or unix:/path")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await show(endpoint, on: group))
        } catch {
            outcome = .failure(CommandFailure("\(worker): \((error as? RPCStatus)?.line ?? "\(error)")"))
        }
        try await group.shutdownGracefully()
        try outcome.get()
    }

    /// Until the stream ends or somebody ends it.
    private func show(_ endpoint: RPCEndpoint, on group: MultiThreadedEventLoopGroup) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for await _ in signals { break } }
            tasks.addTask {
                let description = try await GRPCContact(endpoint, modelName: nil, group: group).describe()
                guard let kind = description.cards.first?.kind,
                    let dialect = EngineDialect.allCases.first(where: { $0.kind == kind })
                else { throw CommandFailure("it serves no model") }
                let terminal = Terminal()
                try await KVEventSubscription.run(endpoint, dialect, from: from, on: group.next()) { batches in
                    let lines = batches.flatMap(KVEventLines.lines(of:))
                    if !lines.isEmpty { try terminal.show(lines.joined(separator: "\n") + "\n") }
                }
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }
}

extension RPCStatus {
    /// What it says, in one line.
    fileprivate var line: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}
