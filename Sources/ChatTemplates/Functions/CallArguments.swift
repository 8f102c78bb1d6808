/// The evaluated arguments of a call.
struct CallArguments {
    var positional: [Value] = []
    var named: [(name: Text, value: Value)] = []

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    /// The arguments without the first positional one.
    var dropFirst: CallArguments { CallArguments(positional: Array(positional.dropFirst()), named: named) }
}
