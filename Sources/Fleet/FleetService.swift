package import Logging
import ServiceLifecycle
package import ServingModel

/// Watches workers: finds out what each is, and whether it still is.
package final class FleetService: Service {
    package struct Configuration: Sendable {
        /// Between two checks of a worker.
        package var checkSeconds = 1.0
        /// Checks in a row that a worker must fail to count as lost.
        package var failuresMax = 2
        /// Between two attempts to reach a worker that has never answered.
        package var retrySeconds = 1.0

        package init() {}
    }

    /// A worker that is to be watched.
    package struct Member: Sendable {
        package var id: WorkerID
        package var contact: any WorkerContact

        package init(id: WorkerID, contact: any WorkerContact) {
            self.id = id
            self.contact = contact
        }
    }

    /// What becomes of a worker.
    package enum Change: Sendable {
        /// It answers, for the first time or as another than before.
        case joined(WorkerDescription)
        case lost
        /// It answers again, as the same as before.
        case back
    }

    private let configuration: Configuration
    private let members: [Member]
    private let logger: Logger
    private let sleep: @Sendable (_ seconds: Double) async throws -> Void
    private let apply: @Sendable (WorkerID, Change) async throws -> Void

    /// - Parameter apply: makes a change known. If it throws, the worker is asked again later, as one that joins.
    package init(
        _ members: [Member], configuration: Configuration = Configuration(), logger: Logger,
        sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void,
        apply: @escaping @Sendable (WorkerID, Change) async throws -> Void
    ) {
        self.members = members
        self.configuration = configuration
        self.logger = logger
        self.sleep = sleep
        self.apply = apply
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                for member in self.members { group.addTask { await self.watch(member) } }
            }
        }
    }

    /// Until the task is cancelled.
    private func watch(_ member: Member) async {
        do {
            var description = try await reach(member)
            while true {
                try await keep(member, description)
                description = try await rejoin(member, description)
            }
        } catch {
            // Only cancellation leads here.
        }
    }

    /// Asks until the worker answers and is taken in.
    private func reach(_ member: Member) async throws -> WorkerDescription {
        var told: String?
        while true {
            do {
                let description = try await member.contact.describe()
                try await apply(member.id, .joined(description))
                logger.notice("A worker has joined.", metadata: metadata(member, description))
                return description
            } catch {
                try Task.checkCancellation()
                let reason = "\(error)"
                if told != reason {
                    logger.warning(
                        "A worker cannot be used yet.", metadata: ["worker": "\(member.id)", "reason": "\(reason)"])
                    told = reason
                }
            }
            try await sleep(configuration.retrySeconds)
        }
    }

    /// Checks until the worker is lost.
    private func keep(_ member: Member, _ description: WorkerDescription) async throws {
        var health = WorkerHealth(failuresMax: configuration.failuresMax)
        while true {
            try await sleep(configuration.checkSeconds)
            let isOK = await member.contact.isHealthy()
            try Task.checkCancellation()
            guard health.note(isOK) == .lost else { continue }
            logger.warning("A worker is lost.", metadata: ["worker": "\(member.id)"])
            try? await apply(member.id, .lost)
            return
        }
    }

    /// Waits until the worker answers again; it may have become another.
    private func rejoin(_ member: Member, _ before: WorkerDescription) async throws -> WorkerDescription {
        while true {
            if await member.contact.isHealthy(), let description = try? await member.contact.describe() {
                guard description == before else { return try await reach(member) }
                do {
                    try await apply(member.id, .back)
                } catch {
                    return try await reach(member)
                }
                logger.notice("A worker is back.", metadata: metadata(member, description))
                return description
            }
            try await sleep(configuration.checkSeconds)
        }
    }

    private func metadata(_ member: Member, _ description: WorkerDescription) -> Logger.Metadata {
        [
            "worker": "\(member.id)", "kind": "\(description.cards.first?.kind.rawValue ?? "none")",
            "models": "\(description.cards.map(\.model.rawValue).joined(separator: ", "))",
        ]
    }
}
