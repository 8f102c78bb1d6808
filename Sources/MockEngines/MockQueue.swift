/// Which generations of a mock engine run and which wait: first come, first served, by the choices that they compute.
struct MockQueue {
    enum Arrival {
        case taken
        /// The queue is full.
        case refused
    }

    private var running: [UInt64: Int] = [:]
    private var runningChoices = 0
    private var waiting: [(id: UInt64, choices: Int)] = []

    var runningCount: Int { running.count }
    var waitingCount: Int { waiting.count }

    func runs(_ id: UInt64) -> Bool { running[id] != nil }

    /// Takes a generation; `choices` are at most `parallel`, and no `limit` is a queue without end.
    mutating func arrive(_ id: UInt64, choices: Int, parallel: Int, limit: Int?) -> Arrival {
        if waiting.isEmpty, runningChoices + choices <= parallel {
            run(id, choices)
            return .taken
        }
        if let limit, waiting.count >= limit { return .refused }
        waiting.append((id, choices))
        return .taken
    }

    /// Lets go of a generation, whether it runs or waits; returns those that may run now.
    mutating func leave(_ id: UInt64, parallel: Int) -> [UInt64] {
        if let choices = running.removeValue(forKey: id) {
            runningChoices -= choices
        } else {
            waiting.removeAll { $0.id == id }
        }
        var next: [UInt64] = []
        while let first = waiting.first, runningChoices + first.choices <= parallel {
            waiting.removeFirst()
            run(first.id, first.choices)
            next.append(first.id)
        }
        return next
    }

    private mutating func run(_ id: UInt64, _ choices: Int) {
        running[id] = choices
        runningChoices += choices
    }
}
