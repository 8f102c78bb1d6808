import ServingModel
import Synchronization

/// Passes events on and does something once, on the engine's thread: when the first token arrives, or a failure.
final class ActingConsumer: EventConsumer {
    enum Trigger { case token, failure }

    private let next: any EventConsumer
    private let trigger: Trigger
    private let action: @Sendable () -> Void
    private let hasActed = Atomic(false)

    init(_ next: any EventConsumer, at trigger: Trigger, _ action: @escaping @Sendable () -> Void) {
        self.next = next
        self.trigger = trigger
        self.action = action
    }

    func consume(_ batch: [GenerationEvent]) {
        next.consume(batch)
        let isNow = batch.contains { event in
            switch (event, trigger) {
            case (.token, .token), (.failed, .failure): true
            default: false
            }
        }
        if isNow, !hasActed.exchange(true, ordering: .relaxed) { action() }
    }
}
