extension GrammarBuilder {
    /// How many branchings of literals are made before the rest is listed as it is.
    private static let branchingDepth = 16

    /// One of several texts.
    ///
    /// Those that begin alike are taken together: llama.cpp follows every alternative that is still open at once, and
    /// a thousand of them would cost it hundreds of milliseconds a token.
    mutating func literals(_ texts: [String]) throws(SchemaError) -> GrammarExpression {
        let unique = Set(texts.map { Array($0.unicodeScalars.map(\.value)) })
        let sorted = unique.sorted { $0.lexicographicallyPrecedes($1) }
        return try literals(sorted.map { $0[...] }, depth: 0)
    }

    private mutating func literals(
        _ sorted: [ArraySlice<UInt32>], depth: Int
    ) throws(SchemaError) -> GrammarExpression {
        guard sorted.count > 1, depth < Self.branchingDepth else { return .choice(sorted.map(Self.text)) }
        var options: [GrammarExpression] = []
        var start = 0
        while start < sorted.count {
            guard let first = sorted[start].first else {
                options.append(.empty)
                start += 1
                continue
            }
            let end = sorted[start...].firstIndex { $0.first != first } ?? sorted.count
            let shared = Self.sharedCount(sorted[start], sorted[end - 1])
            let rest = try literals(sorted[start..<end].map { $0.dropFirst(shared) }, depth: depth + 1)
            let prefix = Self.text(sorted[start].prefix(shared))
            options.append(end - start == 1 ? prefix : .sequence([prefix, try rule(rest)]))
            start = end
        }
        return .choice(options)
    }

    /// How many characters two texts begin with alike; of sorted texts, all between them do, too.
    private static func sharedCount(_ first: ArraySlice<UInt32>, _ last: ArraySlice<UInt32>) -> Int {
        zip(first, last).prefix { $0 == $1 }.count
    }

    private static func text(_ scalars: ArraySlice<UInt32>) -> GrammarExpression {
        guard !scalars.isEmpty else { return .empty }
        return .text(String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init))))
    }
}
