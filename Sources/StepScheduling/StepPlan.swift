package import ServingModel

/// One continuation of a request.
package struct ChoiceID: Hashable, Sendable {
    package let request: RequestID
    package let index: Int

    package init(request: RequestID, index: Int) {
        self.request = request
        self.index = index
    }
}

/// A change of the engine's KV cache.
package enum CacheOperation: Equatable, Sendable {
    /// `to` shares the first `length` cells of `from`.
    case share(from: SequenceID, to: SequenceID, length: Int)
    /// Cuts a sequence to its first `length` cells; 0 frees it.
    case cut(SequenceID, length: Int)
}

/// What one engine step does: the cache operations before, the batch, the operations after, and whom to sample.
package struct StepPlan: Sendable {
    /// The batch, one element a row.
    package struct Row: Equatable, Sendable {
        package var token: TokenID
        package var position: Int
        package var sequence: SequenceID
        package var wantsLogits: Bool

        package init(token: TokenID, position: Int, sequence: SequenceID, wantsLogits: Bool) {
            self.token = token
            self.position = position
            self.sequence = sequence
            self.wantsLogits = wantsLogits
        }
    }

    /// A choice whose next token is to be drawn from a row's logits. Several choices may share a row.
    package struct Sample: Equatable, Sendable {
        package var choice: ChoiceID
        package var row: Int
    }

    /// A row of a prompt whose logits tell the log-probability of the prompt's token after `tokenIndex`.
    package struct PromptRow: Equatable, Sendable {
        package var request: RequestID
        package var tokenIndex: Int
        package var row: Int
    }

    /// A request whose prompt is complete with this step.
    package struct Start: Equatable, Sendable {
        package var request: RequestID
        package var cachedTokens: Int
    }

    package struct Failure: Equatable, Sendable {
        package var request: RequestID
        package var error: EngineError
    }

    package internal(set) var before: [CacheOperation] = []
    package internal(set) var rows: [Row] = []
    /// How many rows, the first ones, decode; the others are of prompts.
    package internal(set) var decodeRows = 0
    package internal(set) var after: [CacheOperation] = []
    package internal(set) var samples: [Sample] = []
    package internal(set) var promptRows: [PromptRow] = []
    package internal(set) var started: [Start] = []
    package internal(set) var failures: [Failure] = []

    package init() {}

    mutating func clear() {
        before.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        decodeRows = 0
        after.removeAll(keepingCapacity: true)
        samples.removeAll(keepingCapacity: true)
        promptRows.removeAll(keepingCapacity: true)
        started.removeAll(keepingCapacity: true)
        failures.removeAll(keepingCapacity: true)
    }
}
