import ServingModel
import StepScheduling
import Testing

/// Stands in for an engine: keeps each sequence's tokens as the KV cache would, and "computes" a next token from all of
/// them, so that a sequence whose cells are wrong says something wrong.
struct CacheModel {
    var cells: [SequenceID: [(cell: Int, token: TokenID)]] = [:]
    private var nextCell = 0

    var usedCells: Int { Set(cells.values.joined().map(\.cell)).count }

    mutating func apply(_ operations: [CacheOperation]) {
        for operation in operations {
            switch operation {
            case .share(let from, let to, let length):
                #expect((cells[to] ?? []).isEmpty, "shares into an empty sequence")
                #expect(cells[from, default: []].count >= length)
                cells[to] = Array(cells[from, default: []][..<length])
            case .cut(let sequence, let length):
                let old = cells[sequence] ?? []
                cells[sequence] = Array(old.prefix(length))
            }
        }
    }

    /// The next token for each row.
    mutating func compute(_ rows: [StepPlan.Row]) -> [TokenID] {
        rows.map { row in
            #expect(cells[row.sequence, default: []].count == row.position, "positions follow each other")
            cells[row.sequence, default: []].append((nextCell, row.token))
            nextCell += 1
            return Self.next(after: cells[row.sequence, default: []].map(\.token))
        }
    }

    static func next(after tokens: [TokenID]) -> TokenID {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for token in tokens { hash = (hash ^ UInt64(token.rawValue)) &* 1_099_511_628_211 }
        return TokenID(Int32(hash >> 40 & 0xFF))
    }

    static func alone(_ prompt: [TokenID], count: Int, choice: Int) -> [TokenID] {
        var tokens = prompt
        for step in 0..<count {
            let next = next(after: tokens)
            tokens.append(step == 0 ? TokenID(next.rawValue + Int32(choice)) : next)
        }
        return Array(tokens[prompt.count...])
    }
}
