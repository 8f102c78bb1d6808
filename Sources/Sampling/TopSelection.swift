extension SamplingScratch {
    /// Puts the row's `limit` most preferred tokens into `candidates`, in the order of their ids, and returns how many
    /// there are; -infinity and not-a-number are never among them. `blocks` must hold the row's maxima.
    ///
    /// The limit-th largest of the block maxima is at most the limit-th largest number, so that only the blocks whose
    /// maximum reaches it are looked at again. Where there are fewer blocks than that, all are.
    func selectTop(_ limit: Int, of row: FloatRow) -> Int {
        var threshold = -Float.greatestFiniteMagnitude
        if limit < row.blockCount {
            var usable = 0
            for block in 0..<row.blockCount where blocks[block] >= threshold {
                selection[usable] = RankedToken(id: block, logit: blocks[block])
                usable += 1
            }
            if limit < usable {
                threshold = RankedToken.select(rank: limit - 1, of: selection, count: usable).logit
            }
        }
        let count = gather(from: row, atLeast: threshold)
        guard count > limit else { return count }
        selection.update(from: candidates, count: count)
        let last = RankedToken.select(rank: limit - 1, of: selection, count: count)
        var kept = 0
        for at in 0..<count where candidates[at] >= last {
            candidates[kept] = candidates[at]
            kept += 1
        }
        return kept
    }

    private func gather(from row: FloatRow, atLeast threshold: Float) -> Int {
        var count = 0
        for block in 0..<row.blockCount where blocks[block] >= threshold {
            for id in row.range(ofBlock: block) where row.base[id] >= threshold {
                candidates[count] = RankedToken(id: id, logit: row.base[id])
                count += 1
            }
        }
        return count
    }
}
