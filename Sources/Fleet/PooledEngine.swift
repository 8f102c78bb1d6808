package import NIOCore
package import ServingModel

/// The workers of a model as one engine on one event loop: each request goes to a worker, and to another one if that
/// fails before it has delivered anything.
///
/// All requests have one consumer, which lives on the loop. Confined to the loop.
// @unchecked because everything is touched on the loop alone.
package final class PooledEngine: Engine, EventConsumer, @unchecked Sendable {
    private enum Work {
        case generation(GenerationRequest)
        case embedding(EmbeddingRequest)

        var id: RequestID {
            switch self {
            case .generation(let request): request.id
            case .embedding(let request): request.id
            }
        }
    }

    private final class Flight {
        let work: Work
        var lease: WorkerLease
        var engine: any Engine
        var hasStarted = false
        var isPaused = false
        var openChoices: Set<Int>

        init(_ work: Work, choices: Int, lease: WorkerLease, on loop: any EventLoop) {
            self.work = work
            self.lease = lease
            engine = lease.worker.engine(on: loop)
            openChoices = Set(0..<choices)
        }
    }

    private let pool: WorkerPool
    private let loop: any EventLoop
    private let now: @Sendable () -> Moment
    private var flights: [RequestID: Flight] = [:]
    private var consumer: (any EventConsumer)?
    private var isStopping = false

    package init(_ pool: WorkerPool, loop: any EventLoop, now: @escaping @Sendable () -> Moment) {
        self.pool = pool
        self.loop = loop
        self.now = now
    }

    // MARK: Engine

    package var card: EngineCard { pool.card }

    package func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        begin(.generation(request), choices: request.choices, consumer)
    }

    package func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer) {
        begin(.embedding(request), choices: 1, consumer)
    }

    package func cancel(_ request: RequestID, choice: Int?) {
        guard let flight = flights[request] else { return }
        flight.engine.cancel(request, choice: choice)
        guard let choice else { return end(request, flight, .abandoned) }
        flight.openChoices.remove(choice)
        if flight.openChoices.isEmpty { end(request, flight, .completed) }
    }

    package func setPaused(_ request: RequestID, _ isPaused: Bool) {
        guard let flight = flights[request] else { return }
        flight.isPaused = isPaused
        flight.engine.setPaused(request, isPaused)
    }

    package func snapshot() -> WorkerSnapshot {
        var snapshot = WorkerSnapshot()
        snapshot.runningSequences = flights.count
        return snapshot
    }

    /// Ends what runs; the workers belong to the pool.
    package func shutDown() async {
        try? await loop.submit {
            self.isStopping = true
            for (request, flight) in self.flights {
                flight.engine.cancel(request, choice: nil)
                self.end(request, flight, .abandoned)
                self.consumer?.consume([.failed(request, .stopping)])
            }
        }.get()
    }

    // MARK: Events

    /// Passes a worker's events on, but for failures that another worker may mend.
    package func consume(_ batch: [GenerationEvent]) {
        var kept: [GenerationEvent]?
        for (index, event) in batch.enumerated() {
            let isKept = note(event)
            if !isKept, kept == nil { kept = Array(batch[..<index]) }
            if isKept { kept?.append(event) }
        }
        let events = kept ?? batch
        if !events.isEmpty { consumer?.consume(events) }
    }

    /// Whether the event is for the consumer.
    private func note(_ event: GenerationEvent) -> Bool {
        switch event {
        case .token: return true
        case .started(let request, _):
            guard let flight = flights[request] else { return false }
            flight.hasStarted = true
            flight.lease.noteAnswer()
            return true
        case .finished(let request, let choice, _):
            guard let flight = flights[request] else { return false }
            flight.openChoices.remove(choice)
            if flight.openChoices.isEmpty { end(request, flight, .completed) }
            return true
        case .embedded(let request, _):
            guard let flight = flights[request] else { return false }
            flight.lease.noteAnswer()
            end(request, flight, .completed)
            return true
        case .failed(let request, let error):
            guard let flight = flights[request] else { return false }
            return noteFailure(request, flight, error)
        }
    }

    private func noteFailure(_ request: RequestID, _ flight: Flight, _ error: EngineError) -> Bool {
        let loss: WorkerLease.Loss
        switch error {
        case .unreachable: loss = .unreachable
        case .unavailable, .broken, .stopping: loss = .unanswered
        case .invalid, .contextExceeded:
            flight.lease.noteAnswer()
            end(request, flight, .refused)
            return true
        case .queueFull, .deadlinePassed:
            end(request, flight, .failedBeforeStart)
            return true
        }
        if flight.hasStarted {
            flight.lease.breakOff(now: now())
        } else if flight.lease.moveOn(after: loss, now: now()) {
            flight.engine = flight.lease.worker.engine(on: loop)
            send(flight)
            return false
        }
        flights[request] = nil
        return true
    }

    // MARK: Sending

    private func begin(_ work: Work, choices: Int, _ consumer: any EventConsumer) {
        loop.preconditionInEventLoop()
        precondition(self.consumer == nil || self.consumer === consumer, "an engine on a loop has one consumer")
        self.consumer = consumer
        guard !isStopping else { return refuse(work.id, .stopping) }
        guard let lease = pool.lease(now()) else {
            return refuse(work.id, .unavailable("no worker of '\(pool.model)' is healthy"))
        }
        let flight = Flight(work, choices: choices, lease: lease, on: loop)
        flights[work.id] = flight
        send(flight)
    }

    private func send(_ flight: Flight) {
        switch flight.work {
        case .generation(let request):
            flight.engine.submit(request, to: self)
            for choice in 0..<request.choices where !flight.openChoices.contains(choice) {
                flight.engine.cancel(request.id, choice: choice)
            }
        case .embedding(let request): flight.engine.embed(request, to: self)
        }
        if flight.isPaused { flight.engine.setPaused(flight.work.id, true) }
    }

    /// The consumer gets no event while it is still submitting.
    private func refuse(_ request: RequestID, _ error: EngineError) {
        loop.execute { self.consumer?.consume([.failed(request, error)]) }
    }

    private func end(_ request: RequestID, _ flight: Flight, _ outcome: WorkerOutcome) {
        flights[request] = nil
        flight.lease.end(outcome)
    }
}
