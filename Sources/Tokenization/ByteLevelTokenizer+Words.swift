import ServingModel

extension ByteLevelTokenizer {
    /// Encodes the words that wait.
    ///
    /// Most are in the cache. Those that are not are left out at first, looked for together, so that they wait for far
    /// memory together, and then put in.
    func encode(_ waiting: inout PendingWords, _ scratch: EncodingScratch, into tokens: inout [TokenID]) {
        guard waiting.bytes > 0 else { return }
        scratch.reserve(waiting.bytes + EncodingScratch.slack, into: &tokens)
        let first = scratch.output + scratch.count
        var end = first
        let missing = copyKnownWords(waiting.words, to: &end, scratch)
        if !missing.isEmpty {
            scratch.reserveFound(waiting.bytes + missing.count * EncodingScratch.slack)
            find(missing, scratch)
            end = Self.insert(missing, before: end)
        }
        scratch.count &+= end - first
        scratch.note(bytes: waiting.bytes)
        waiting.removeAll()
    }

    /// Writes the tokens of the words that the cache has; the others.
    @inline(__always)
    private func copyKnownWords(
        _ words: UnsafeMutableBufferPointer<PendingWord>, to end: inout UnsafeMutablePointer<Int32>,
        _ scratch: EncodingScratch
    ) -> UnsafeMutableBufferPointer<MissingWord> {
        let cache = scratch.cache
        let missing = scratch.missing
        guard var word = words.baseAddress else { return .init(start: nil, count: 0) }
        let last = word + words.count
        var output = end
        var missingCount = 0
        while word < last {
            let count = cache.copy(word.pointee.key, hash: word.pointee.hash, to: output)
            missing[missingCount].word = word
            missing[missingCount].place = output
            missingCount &+= count == 0 ? 1 : 0
            output += count
            word += 1
        }
        end = output
        return UnsafeMutableBufferPointer(start: missing, count: missingCount)
    }

    /// Finds the tokens of words that are not in the first slots of the cache.
    @inline(never)
    private func find(_ missing: UnsafeMutableBufferPointer<MissingWord>, _ scratch: EncodingScratch) {
        for at in missing.indices {
            let word = missing[at].word.pointee
            let hash = word.hasNoKey ? WordMemo.hash(word.buffer, mark: word.key.high) : word.hash
            missing[at].memoHash = hash
            scratch.memo.prefetch(hash: hash)
        }
        for word in missing { scratch.memo.prefetchTokens(hash: word.memoHash) }
        var room = scratch.found
        var unknownCount = 0
        for at in missing.indices {
            let word = missing[at].word.pointee
            let count = findKnown(word, memoHash: missing[at].memoHash, scratch, to: room)
            missing[at].tokens = room
            missing[at].count = count
            room += word.count + EncodingScratch.slack
            guard count == 0 else { continue }
            if word.isShort { words.prefetch(hash: word.hash) }
            scratch.unknown[unknownCount] = Int32(truncatingIfNeeded: at)
            unknownCount += 1
        }
        var mergingCount = 0
        for at in 0..<unknownCount {
            let index = Int(scratch.unknown[at])
            let word = missing[index].word.pointee
            let tokens = missing[index].tokens
            var count = findToken(word, to: tokens) ? 1 : 0
            if count == 0, word.count > WordMerger.maxLength { count = merge(word, scratch, to: tokens) }
            if count > 0 {
                missing[index].count = count
                keep(missing[index], scratch)
            } else {
                scratch.merging[mergingCount] = .init(bytes: word.buffer, tokens: tokens, count: 0)
                scratch.unknown[mergingCount] = Int32(truncatingIfNeeded: index)
                mergingCount += 1
            }
        }
        scratch.wordMerger.merge(.init(start: scratch.merging, count: mergingCount), with: merges)
        for at in 0..<mergingCount {
            let index = Int(scratch.unknown[at])
            let count = scratch.merging[at].count
            missing[index].count = count
            keep(missing[index], scratch)
        }
    }

    /// Copies the tokens of a word that was there before, and gives their number; 0 if it was not.
    @inline(__always)
    private func findKnown(
        _ word: PendingWord, memoHash: UInt64, _ scratch: EncodingScratch, to tokens: UnsafeMutablePointer<Int32>
    ) -> Int {
        if !word.hasNoKey {
            let count = scratch.cache.copyFromSecond(word.key, hash: word.hash, to: tokens)
            if count > 0 { return count }
        }
        return scratch.memo.copy(word.buffer, hash: memoHash, to: tokens)
    }

    /// Writes the token of a word that is one.
    @inline(__always)
    private func findToken(_ word: PendingWord, to tokens: UnsafeMutablePointer<Int32>) -> Bool {
        var token: Int32 = -1
        if word.isShort {
            token = words.token(of: word.key, hash: word.hash)
        } else if !word.isPart {
            token = words.token(ofLong: word.buffer)
        }
        tokens[0] = token
        return token >= 0
    }

    /// Keeps the tokens of a word.
    @inline(__always)
    private func keep(_ missing: MissingWord, _ scratch: EncodingScratch) {
        let word = missing.word.pointee
        let isKept =
            !word.hasNoKey
            && scratch.cache.store(word.key, hash: word.hash, missing.tokens, count: missing.count)
        guard !isKept else { return }
        scratch.memo.store(word.buffer, hash: missing.memoHash, missing.tokens, count: missing.count)
    }

    /// Merges a long word's bytes. Bytes that are no token are left out, as the reference does.
    private func merge(
        _ word: PendingWord, _ scratch: EncodingScratch, to tokens: UnsafeMutablePointer<Int32>
    ) -> Int {
        scratch.merger.reserve(word.count)
        var count = 0
        for byte in word.buffer where merges.tokens.elements[Int(byte)] >= 0 {
            scratch.merger.symbols[count] = Int32(byte)
            count += 1
        }
        count = scratch.merger.merge(count, with: merges)
        for at in 0..<count { tokens[at] = merges.tokens.elements[Int(scratch.merger.symbols[at])] }
        return count
    }

    /// Moves apart the tokens behind each word that was left out and puts its own in; the new end.
    @inline(__always)
    private static func insert(
        _ missing: UnsafeMutableBufferPointer<MissingWord>, before end: UnsafeMutablePointer<Int32>
    ) -> UnsafeMutablePointer<Int32> {
        var shift = 0
        for word in missing { shift &+= word.count }
        let newEnd = end + shift
        var end = end
        for word in missing.reversed() {
            (word.place + shift).update(from: word.place, count: end - word.place)
            shift &-= word.count
            (word.place + shift).update(from: word.tokens, count: word.count)
            end = word.place
        }
        return newEnd
    }
}
