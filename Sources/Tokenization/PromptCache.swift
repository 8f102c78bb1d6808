package import ServingModel
import Synchronization

/// The tokens of the beginnings of earlier prompts, so that a chat that grows turn by turn costs its new turn only.
///
/// Prompts are cut behind control tokens, where encoding starts afresh (`Tokenizer.restart`), and kept as a tree:
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

    /// As `Tokenizer.encode`. O(text) in reading and comparing what is known, which is some hundred times as fast as
    /// encoding; the rest is encoded and kept.
    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        var path: [SegmentTree.Segment] = []
        var start = 0
        text.withUnsafeBufferPointer { buffer in
            segments.withLock { tree in
                while let segment = segment(text, buffer, from: start, specials, parent: path.last?.node) {
                    path.append(segment)
                    guard let node = tree.find(segment) else { break }
                    path[path.count - 1].node = node
                    tokens.append(contentsOf: tree.tokens(of: node))
                    start = segment.part.upperBound
                }
                tree.touch(path)
            }
        }
        guard let new = path.last, new.node == nil else {
            tokenizer.encode(text, start..<text.count, specialsIn: specials, into: &tokens)
            return
        }
        path.removeLast()
        encodeNew(text, from: start, specials, behind: path, into: &tokens)
    }

    /// Encodes what is not known and keeps it.
    private func encodeNew(
        _ text: Span<UInt8>, from start: Int, _ specials: [Range<Int>], behind path: [SegmentTree.Segment],
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
        text.withUnsafeBufferPointer { buffer in
            segments.withLock { tree in
                var path = path
                // What was found before may have gone in the meantime.
                guard path.allSatisfy({ $0.node.map(tree.contains) ?? false }) else { return }
                var position = start
                var token = first
                for end in ends {
                    var segment = SegmentTree.Segment(
                        buffer, position..<end.text, lookahead: lookahead, specials, parent: path.last?.node)
                    segment.node = tree.find(segment) ?? tree.insert(segment, tokens[token..<end.tokens])
                    path.append(segment)
                    (position, token) = end
                }
                tree.touch(path)
                tree.shrink()
            }
        }
    }

    private func segment(
        _ text: Span<UInt8>, _ buffer: UnsafeBufferPointer<UInt8>, from start: Int, _ specials: [Range<Int>],
        parent: SegmentTree.Node?
    ) -> SegmentTree.Segment? {
        end(text, from: start, specials).map { end in
            SegmentTree.Segment(buffer, start..<end, lookahead: lookahead, specials, parent: parent)
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
    private static let segmentBytesMin = 64
}
