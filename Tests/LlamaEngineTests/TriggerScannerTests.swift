import LlamaEngine
import ServingModel
import Testing

struct TriggerScannerTests {
    private func scanner(_ texts: String..., isOpen: Bool = false, opensAnywhere: Bool = true) -> TriggerScanner {
        let aside = ConstraintTrigger.Aside(
            openings: [Array("<think>".utf8)], closings: [Array("</think>".utf8), Array("<stop>".utf8)],
            opensAnywhere: opensAnywhere, isOpen: isOpen)
        let openings = texts.map { text in
            ConstraintTrigger.Opening(text: Array(text.utf8), standsFor: Array((texts.first ?? "").utf8))
        }
        return TriggerScanner(ConstraintTrigger(openings: openings, aside: aside))
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

    @Test func takesEveryOpeningForTheFirst() {
        let scanner = scanner("<calls><call>", "<call>", "<do>")
        #expect(constrained("a <call>b", scanner) == ["<calls><call>b"])
        #expect(constrained("a <do>b", scanner) == ["<calls><call>b"])
        #expect(constrained("a <calls>", scanner) == [nil])
    }

    @Test func knowsWhereReasoningMayBegin() {
        let first = scanner("<call>", opensAnywhere: false)
        #expect(constrained("a <think> <call>b", first) == ["<call>b"])
        #expect(constrained(" \n<think> <call></think> <call>b", first) == ["<call>b"])
        #expect(constrained("a <think> <call>b", scanner("<call>")) == [nil])
    }

    @Test func beginsWhereReasoningEnds() {
        #expect(constrained("Hm.</think>{}", scanner(isOpen: true)) == ["{}"])
        #expect(constrained("Hm.</thin", scanner(isOpen: true)) == [nil])
        var scanner = scanner(isOpen: true)
        #expect(scanner.feed(Array("</think>\n\n".utf8)) == [])
    }
}
