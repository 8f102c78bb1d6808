package import ServingModel
import Synchronization

/// The tokens of the beginnings of earlier prompts, so that a chat that grows turn by turn costs its new turn only.
///
/// Prompts are cut behind added tokens, where encoding starts afresh (`Tokenizer.restart`), and kept as a tree:
/// prompts that begin alike share their segments. So a result is never other than the tokenizer's own, and no token is
/// stored twice. One cache serves one tokenizer and all threads.
package final class PromptCache: Sendable {
    private let tokenizer: any Tokenizer
    private let lookahead: Int
    private let segments: Mutex<SegmentTree>

    /// - Parameter bytesMax: The memory that may be used; what was not used for the longest time goes first.
    package init(_ tokenizer: any Tokenizer, bytesMax: Int) {
        self.tokenizer = tokenizer
        self.lookahead = tokenizer.restartLookahead
        self.segments = Mutex(SegmentTree(bytesMax: bytesMax))
    }

    /// The memory that is used.
    package var bytes: Int { segments.withLock { $0.bytes } }

    /// As `Tokenizer.encode`. What is known is compared and copied, which is some ten times as fast as encoding words
    /// that were there before; the rest is encoded and kept.
    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        let path = text.withUnsafeBufferPointer { buffer in
            segments.withLock { tree in
                let path = tree.path(along: SegmentTree.Source(text: buffer, specials: specials, lookahead: lookahead))
                tree.appendTokens(of: path, to: &tokens)
                tree.touch(path)
                return path
            }
        }
        encodeNew(text, from: path.last?.end ?? 0, specials, behind: path, into: &tokens)
    }

    /// Encodes what is not known and keeps it.
    private func encodeNew(
        _ text: Span<UInt8>, from start: Int, _ specials: [Range<Int>], behind path: [SegmentTree.Step],
        into tokens: inout [TokenID]
    ) {
        var ends: [(text: Int, tokens: Int)] = []
        let first = tokens.count
        var position = start
        while let end = end(text, from: position, specials) {
            tokenizer.encode(text, position..<end, specialsIn: specials, into: &tokens)
            ends.append((end, tokens.count))
            position = end
        }
        tokenizer.encode(text, position..<text.count, specialsIn: specials, into: &tokens)
        guard !ends.isEmpty else { return }
        text.withUnsafeBufferPointer { buffer in
            segments.withLock { tree in
                // What was found before may have gone in the meantime.
                guard path.allSatisfy({ tree.contains($0.node) }) else { return }
                let source = SegmentTree.Source(text: buffer, specials: specials, lookahead: lookahead)
                var path = path
                var position = start
                var token = first
                for end in ends {
                    // Another thread may have been faster.
                    let step =
                        tree.step(behind: path.last, along: source)
                        ?? tree.insert(position..<end.text, of: source, behind: path.last, tokens[token..<end.tokens])
                    path.append(step)
                    (position, token) = end
                }
                tree.touch(path)
                tree.shrink()
            }
        }
    }

    /// Where the segment that begins at `start` ends; nil if that is not certain before the text's end.
    private func end(_ text: Span<UInt8>, from start: Int, _ specials: [Range<Int>]) -> Int? {
        var end = start
        repeat {
            guard let next = tokenizer.restart(text, after: end, specialsIn: specials) else { return nil }
            end = next
        } while end - start < Self.segmentBytesMin
        return end + lookahead <= text.count ? end : nil
    }

    /// Shorter segments are joined with the next, since each costs memory of its own.
    private static let segmentBytesMin = SegmentTree.prefixBytes
}
