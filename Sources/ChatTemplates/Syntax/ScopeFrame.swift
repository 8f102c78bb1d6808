/// One scope while its names are resolved.
///
/// The rules, odd ones included, are those of Jinja2's `idtracking.py`: an assignment in a loop or a block is not seen
/// outside, a name that is read before it is written starts as the outer variable of that name, and a name that is
/// written first starts as missing even if the context has it.
final class ScopeFrame {
    let parent: ScopeFrame?
    let function: FunctionState
    /// How many functions there are around the scope.
    let level: Int32
    var symbols = Symbols()
    private var slots: [Int32: Int32] = [:]

    init(parent: ScopeFrame?, function: FunctionState) {
        self.parent = parent
        self.function = function
        level = parent.map { $0.function === function ? $0.level : $0.level + 1 } ?? 0
    }

    /// A scope inside this one, of the same function.
    func inner() -> ScopeFrame { ScopeFrame(parent: self, function: function) }

    /// The variable that `name` means here; nil if no scope has mentioned it.
    func find(_ name: Int32, from level: Int32? = nil) -> Variable? {
        let level = level ?? self.level
        guard let start = symbols.starts[name] else { return parent?.find(name, from: level) }
        if case .context = start, !symbols.stores.contains(name) { return .context(name) }
        return .slot(slot(of: name), levels: level - self.level, name: name)
    }

    /// The slot of a name that this scope writes.
    func slot(of name: Int32) -> Int32 {
        if let slot = slots[name] { return slot }
        let slot = function.slotCount
        function.slotCount += 1
        slots[name] = slot
        return slot
    }

    func load(_ name: Int32) {
        if find(name) == nil { symbols.starts[name] = .context }
    }

    func store(_ name: Int32) {
        symbols.stores.insert(name)
        guard symbols.starts[name] == nil else { return }
        symbols.starts[name] = parent?.find(name, from: level).map { .outer($0) } ?? .missing
    }

    func declareParameter(_ name: Int32) {
        symbols.stores.insert(name)
        symbols.starts[name] = .parameter
    }

    /// Merges what the branches of an `if` mention: what only some of them write keeps its outer value in the others.
    func merge(_ branches: [Symbols]) {
        let newStores = branches.reduce(into: Set<Int32>()) { $0.formUnion($1.stores) }.subtracting(symbols.stores)
        for branch in branches {
            symbols.starts.merge(branch.starts) { $1 }
            symbols.stores.formUnion(branch.stores)
        }
        for name in newStores {
            symbols.starts[name] = parent?.find(name, from: level).map { .outer($0) } ?? .context
        }
    }

    /// What happens to the scope's slots when it is entered.
    var loads: [SlotLoad] {
        symbols.starts.sorted { $0.key < $1.key }.compactMap { name, start in
            switch start {
            case .parameter: nil
            case .context:
                symbols.stores.contains(name) ? SlotLoad(slot: slot(of: name), source: .context(name)) : nil
            case .outer(let variable): SlotLoad(slot: slot(of: name), source: variable)
            case .missing: SlotLoad(slot: slot(of: name), source: nil)
            }
        }
    }
}
