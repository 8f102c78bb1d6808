package import ServingModel

/// The token lists of all sequences as one prefix tree whose tokens each stand for one cell of the KV cache.
///
/// Sequences that share a prefix share its nodes, so the tree counts cells exactly as the engine's unified cache does.
/// Two sequences that computed the same tokens apart have nodes of their own. A sequence is either *running* (its cells
/// are pinned) or *parked* (kept for its prefix, to be evicted when cells are short).
///
/// Nodes live in one array and name each other by index. There are at most about two nodes a sequence.
package struct SequenceTree {
    struct Node {
        var parent: Int
        var children: [Int] = []
        var tokens: [TokenID]
        /// Sequences that end exactly at this node's last token.
        var ends: [SequenceID] = []
        /// Sequences that pass through or end here.
        var running = 0
        var parked = 0
    }

    struct Tail {
        var node: Int
        var length: Int
        var isParked: Bool
    }

    /// `nodes[0]` is the root and has no tokens.
    private(set) var nodes = [Node(parent: -1, tokens: [])]
    private var freeNodes: [Int] = []
    private var tails: [SequenceID: Tail] = [:]

    /// Cells in use.
    package private(set) var usedCells = 0
    /// Cells that a running sequence needs.
    package private(set) var pinnedCells = 0

    package init() {}

    /// How many tokens of the sequence have a cell; 0 for one that is unknown.
    package func length(of sequence: SequenceID) -> Int { tails[sequence]?.length ?? 0 }

    package var sequences: some Collection<SequenceID> { tails.keys }

    /// The longest prefix of `tokens` that some sequence holds, and one such sequence; nil if there is none.
    ///
    /// Nodes of equal tokens can stand beside each other, so every branch that matches is followed.
    /// O(matched tokens of all branches + nodes passed).
    package func longestPrefix(of tokens: [TokenID]) -> (length: Int, holder: SequenceID)? {
        var best = (length: 0, node: 0)
        var open = [(node: 0, length: 0)]
        while let (node, length) = open.popLast() {
            for child in nodes[node].children {
                let count = commonCount(nodes[child].tokens, tokens, from: length)
                if count == nodes[child].tokens.count { open.append((child, length + count)) }
                if length + count > best.length { best = (length + count, child) }
            }
        }
        return best.length > 0 ? (best.length, holder(of: best.node)) : nil
    }

    /// Begins a running sequence without tokens.
    package mutating func begin(_ sequence: SequenceID) {
        precondition(tails[sequence] == nil, "a sequence begins once")
        tails[sequence] = Tail(node: 0, length: 0, isParked: false)
        nodes[0].ends.append(sequence)
    }

    /// Begins a running sequence that shares the first `length` tokens of `source`.
    package mutating func fork(_ source: SequenceID, length: Int, to sequence: SequenceID) {
        precondition(tails[sequence] == nil && length <= self.length(of: source), "forks a prefix that is there")
        let node = node(of: source, at: length)
        tails[sequence] = Tail(node: node, length: length, isParked: false)
        nodes[node].ends.append(sequence)
        changePath(from: node, running: 1, parked: 0)
    }

    /// Appends one token to a running sequence.
    package mutating func append(_ token: TokenID, to sequence: SequenceID) {
        guard var tail = tails[sequence], !tail.isParked else { preconditionFailure("appends to running sequences") }
        let isOwn = tail.node != 0 && nodes[tail.node].ends.count == 1 && nodes[tail.node].children.isEmpty
        if !isOwn {
            nodes[tail.node].ends.removeAll { $0 == sequence }
            tail.node = addNode(Node(parent: tail.node, tokens: [], ends: [sequence], running: 1))
        }
        nodes[tail.node].tokens.append(token)
        tail.length += 1
        tails[sequence] = tail
        usedCells += 1
        pinnedCells += 1
    }

    /// Unpins a sequence, keeping its cells.
    package mutating func park(_ sequence: SequenceID) {
        guard var tail = tails[sequence], !tail.isParked else { preconditionFailure("parks running sequences") }
        tail.isParked = true
        tails[sequence] = tail
        changePath(from: tail.node, running: -1, parked: 1)
    }

    /// Whether other sequences hold all of this one's cells, so that it adds nothing to the cache.
    package func isRedundant(_ sequence: SequenceID) -> Bool {
        guard let tail = tails[sequence] else { return true }
        return tail.node == 0 || nodes[tail.node].ends.count > 1 || !nodes[tail.node].children.isEmpty
    }

    /// How many cells only this sequence holds; they are its last ones.
    package func exclusiveCells(of sequence: SequenceID) -> Int {
        guard let tail = tails[sequence] else { return 0 }
        var count = 0
        var node = tail.node
        while node != 0, nodes[node].running + nodes[node].parked == 1 {
            count += nodes[node].tokens.count
            node = nodes[node].parent
        }
        return count
    }

    /// Forgets a sequence; cells that no other one holds are free.
    package mutating func remove(_ sequence: SequenceID) {
        guard let tail = tails.removeValue(forKey: sequence) else { return }
        leave(sequence, tail)
    }

    /// Cuts a sequence to its first `length` tokens.
    package mutating func truncate(_ sequence: SequenceID, to length: Int) {
        guard let old = tails[sequence], length < old.length else { return }
        let node = node(of: sequence, at: length)
        guard let tail = tails[sequence] else { return }
        nodes[node].ends.append(sequence)
        tails[sequence] = Tail(node: node, length: length, isParked: old.isParked)
        changePath(from: node, running: old.isParked ? 0 : 1, parked: old.isParked ? 1 : 0)
        leave(sequence, tail)
    }

    // MARK: Parts

    private func commonCount(_ edge: [TokenID], _ tokens: [TokenID], from start: Int) -> Int {
        let limit = min(edge.count, tokens.count - start)
        var count = 0
        while count < limit, edge[count] == tokens[start + count] { count += 1 }
        return count
    }

    /// A sequence that passes through the node.
    private func holder(of node: Int) -> SequenceID {
        var node = node
        while true {
            if let end = nodes[node].ends.first { return end }
            guard let child = nodes[node].children.first else { preconditionFailure("every node has a holder") }
            node = child
        }
    }

    /// The node that ends exactly at `length` tokens of the sequence; splits one if need be.
    private mutating func node(of sequence: SequenceID, at length: Int) -> Int {
        guard let tail = tails[sequence] else { preconditionFailure("an unknown sequence") }
        var node = tail.node
        var end = tail.length
        while node != 0, end - nodes[node].tokens.count >= length, end > length {
            end -= nodes[node].tokens.count
            node = nodes[node].parent
        }
        return end == length ? node : split(node, keeping: length - (end - nodes[node].tokens.count))
    }

    /// Puts a new node above `node` that takes its first `count` tokens; returns the new one.
    private mutating func split(_ node: Int, keeping count: Int) -> Int {
        let parent = nodes[node].parent
        var upper = nodes[node]
        upper.tokens = Array(nodes[node].tokens[..<count])
        upper.ends = []
        upper.children = [node]
        let index = addNode(upper)
        nodes[parent].children.removeAll { $0 == node }
        nodes[node].tokens.removeFirst(count)
        nodes[node].parent = index
        return index
    }

    private mutating func addNode(_ node: Node) -> Int {
        let index = freeNodes.popLast() ?? nodes.count
        if index == nodes.count { nodes.append(node) } else { nodes[index] = node }
        nodes[node.parent].children.append(index)
        return index
    }

    /// Takes the sequence off the path that ends at its (former) tail.
    private mutating func leave(_ sequence: SequenceID, _ tail: Tail) {
        if let at = nodes[tail.node].ends.firstIndex(of: sequence) { nodes[tail.node].ends.remove(at: at) }
        changePath(from: tail.node, running: tail.isParked ? 0 : -1, parked: tail.isParked ? -1 : 0)
        var node = tail.node
        while node != 0, nodes[node].running + nodes[node].parked == 0 {
            let parent = nodes[node].parent
            usedCells -= nodes[node].tokens.count
            nodes[parent].children.removeAll { $0 == node }
            nodes[node] = Node(parent: -1, tokens: [])
            freeNodes.append(node)
            node = parent
        }
        joinOnlyChild(of: node)
    }

    /// Makes one node of `node` and its only child when no sequence ends between them.
    private mutating func joinOnlyChild(of node: Int) {
        guard node != 0, nodes[node].ends.isEmpty, nodes[node].children.count == 1 else { return }
        let child = nodes[node].children[0]
        nodes[node].tokens += nodes[child].tokens
        nodes[node].children = nodes[child].children
        nodes[node].ends = nodes[child].ends
        for grandchild in nodes[child].children { nodes[grandchild].parent = node }
        for sequence in nodes[child].ends { tails[sequence]?.node = node }
        nodes[child] = Node(parent: -1, tokens: [])
        freeNodes.append(child)
    }

    private mutating func changePath(from tail: Int, running: Int, parked: Int) {
        var node = tail
        while node != 0 {
            let wasPinned = nodes[node].running > 0
            nodes[node].running += running
            nodes[node].parked += parked
            let isPinned = nodes[node].running > 0
            if isPinned != wasPinned { pinnedCells += (isPinned ? 1 : -1) * nodes[node].tokens.count }
            node = nodes[node].parent
        }
    }
}
