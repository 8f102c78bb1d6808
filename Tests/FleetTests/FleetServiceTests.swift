import Fleet
import Logging
import ServingModel
import Synchronization
import Testing

struct FleetServiceTests {
    /// A worker that answers as the test says: one entry a question.
    private final class Contact: WorkerContact {
        struct Gone: Error {}

        private let answers: Mutex<[WorkerDescription?]>
        private let isAsked: @Sendable (Int) -> Void

        init(_ answers: [WorkerDescription?], isAsked: @escaping @Sendable (Int) -> Void) {
            self.answers = Mutex(answers)
            self.isAsked = isAsked
        }

        private func next() -> WorkerDescription? {
            let (answer, left) = answers.withLock { answers in
                (answers.isEmpty ? nil : answers.removeFirst(), answers.count)
            }
            isAsked(left)
            return answer
        }

        func describe() async throws -> WorkerDescription {
            guard let answer = next() else { throw Gone() }
            return answer
        }

        func isHealthy() async -> Bool { next() != nil }
    }

    /// Lets others go on; ends with the task.
    private static func pause() async throws {
        try Task.checkCancellation()
        await Task.yield()
    }

    private static func description(_ model: String) -> WorkerDescription {
        WorkerDescription(cards: [
            EngineCard(model: ModelID(model), kind: .vllm, contextTokens: 1, parallelSequences: 1, vocabularySize: 1)
        ])
    }

    /// What the service says of a worker that answers so, until it has nothing left to say.
    ///
    /// - Parameter refused: what is not accepted when it is said.
    private static func changes(_ answers: [WorkerDescription?], refused: String? = nil) async throws -> [String] {
        let changes = Mutex<[String]>([])
        let (ends, end) = AsyncStream<Void>.makeStream()
        let contact = Contact(answers) { left in if left == 0 { end.finish() } }
        let service = FleetService(
            [.init(id: WorkerID("a"), contact: contact)], logger: Logger(label: "test"),
            sleep: { _ in try await Self.pause() }
        ) { _, change in
            let text =
                switch change {
                case .joined(let description): "joined " + description.cards.map(\.model.rawValue).joined()
                case .lost: "lost"
                case .back: "back"
                }
            changes.withLock { $0.append(text) }
            if text == refused { throw Contact.Gone() }
        }
        let running = Task { try await service.run() }
        for await _ in ends {}
        running.cancel()
        try await running.value
        return changes.withLock { $0 }
    }

    @Test func noticesWorkersThatComeAndGo() async throws {
        let (tiny, other) = (Self.description("tiny"), Self.description("other"))
        // Two attempts, then the description; healthy; one check missed, then two; healthy and the same as before.
        let answers = [nil, nil, tiny, tiny, nil, tiny, nil, nil, nil, tiny, tiny, tiny, nil]
        #expect(try await Self.changes(answers) == ["joined tiny", "lost", "back"])
        // Lost; healthy again, described as another one; asked once more before it is taken in.
        #expect(
            try await Self.changes([tiny, nil, nil, other, other, other, other, nil]) == [
                "joined tiny", "lost", "joined other",
            ])
    }

    @Test func asksAnewWhoCannotComeBack() async throws {
        let tiny = Self.description("tiny")
        // Lost; healthy again and the same as before, which is not accepted; asked once more.
        #expect(
            try await Self.changes([tiny, nil, nil, tiny, tiny, tiny, tiny, nil], refused: "back") == [
                "joined tiny", "lost", "back", "joined tiny",
            ])
    }
}
