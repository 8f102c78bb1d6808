import LlamaEngine
import ServingModel
import Testing

struct TriggerScannerTests {
    private func scanner(_ text: String?, isOpen: Bool = false) -> TriggerScanner {
        let reasoning = ConstraintTrigger.Reasoning(
            openings: [Array("<think>".utf8)], closings: [Array("</think>".utf8), Array("<stop>".utf8)], isOpen: isOpen)
        return TriggerScanner(ConstraintTrigger(text: text.map { Array($0.utf8) }, reasoning: reasoning))
    }

    /// What is constrained of a text in two pieces, and in bytes.
    private func constrained(_ text: String, _ scanner: TriggerScanner) -> Set<String?> {
        let bytes = Array(text.utf8)
        let splits = (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
        return Set(
            splits.map { pieces in
                var scanner = scanner
                var pieces = pieces[...]
                while let piece = pieces.popFirst() {
                    if let rest = scanner.feed(piece) { return String(decoding: rest + pieces.joined(), as: UTF8.self) }
                }
                return nil
            })
    }

    @Test func findsItsTextAtEverySplit() {
        let scanner = scanner("<call>")
        #expect(constrained("I do <call>\n{", scanner) == ["<call>\n{"])
        #expect(constrained("<<call><call>", scanner) == ["<call><call>"])
        #expect(constrained("<call", scanner) == [nil])
    }

    @Test func overlooksReasoning() {
        #expect(constrained("<think>a <call>?</think><call>b", scanner("<call>")) == ["<call>b"])
        #expect(constrained("a <call>?<stop> <call>b", scanner("<call>", isOpen: true)) == ["<call>b"])
        #expect(constrained("a <call>", scanner("<call>", isOpen: true)) == [nil])
    }

    @Test func beginsWhereReasoningEnds() {
        #expect(constrained("Hm.</think>{}", scanner(nil, isOpen: true)) == ["{}"])
        #expect(constrained("Hm.</thin", scanner(nil, isOpen: true)) == [nil])
        var scanner = scanner(nil, isOpen: true)
        #expect(scanner.feed(Array("</think>\n\n".utf8)) == [])
    }
}
