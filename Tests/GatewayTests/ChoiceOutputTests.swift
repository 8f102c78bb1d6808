import Gateway
import OpenAIAPI
import ServingModel
import Testing
import Tokenization

struct ChoiceOutputTests {
    private func output(_ options: String = "") throws -> ChoiceOutput {
        let body = #"{"model":"tiny","prompt":"a"\#(options)}"#
        let options = try CompletionRequest.decode(Array(body.utf8)).options
        return ChoiceOutput(tokenizer: TinyVocabulary.tokenizer, options: options)
    }

    private func report(_ token: TokenID) -> TokenReport {
        TokenReport(
            bytes: TinyVocabulary.tokenizer.vocabulary.bytes(of: token), logprob: -1, top: [], textOffset: 0)
    }

    private func text(_ output: ChoiceOutput) -> String { String(decoding: output.text, as: UTF8.self) }

    @Test func gathersTextAndEnds() throws {
        var output = try output()
        let ends = TinyVocabulary.tokens("hi").map { output.take(GeneratedToken(id: $0), report: nil) }
        #expect(ends == [false, false])
        #expect(text(output) == "hi" && output.end == nil && output.tokenCount == 2)
        output.finish(.length)
        #expect(output.end == .length && output.tokenCount == 2)
    }

    @Test func countsTheTokenThatEndsTheText() throws {
        var output = try output()
        output.finish(.stop(TinyVocabulary.turnEnd))
        #expect(output.tokenCount == 1 && output.end == .stop && output.text.isEmpty)
    }

    @Test func endsAtAStopString() throws {
        var output = try output(#","stop":"END""#)
        let ends = TinyVocabulary.tokens("so END").map { output.take(GeneratedToken(id: $0), report: nil) }
        #expect(ends == [false, false, false, false, false, true])
        #expect(text(output) == "so " && output.end == .stop && output.tokenCount == 6)
        output.finish(.length)
        #expect(text(output) == "so " && output.end == .stop && output.tokenCount == 6)
    }

    @Test func releasesHeldTextAtTheEnd() throws {
        var output = try output(#","stop":"END""#)
        for token in TinyVocabulary.tokens("so EN") {
            _ = output.take(GeneratedToken(id: token), report: report(token))
        }
        #expect(text(output) == "so " && output.reports.count == 3)
        output.finish(.length)
        #expect(text(output) == "so EN" && output.reports.count == 5)
    }

    @Test func withholdsReportsOfAStopString() throws {
        var output = try output(#","stop":"END","logprobs":1"#)
        for token in TinyVocabulary.tokens("so END") {
            _ = output.take(GeneratedToken(id: token), report: report(token))
        }
        #expect(output.reports.map { $0.bytes } == "so ".utf8.map { [$0] })
    }

    @Test func overlooksStopsBeforeTheLeastLength() throws {
        var output = try output(#","stop":"x","min_tokens":3"#)
        let ends = TinyVocabulary.tokens("xxax").map { output.take(GeneratedToken(id: $0), report: nil) }
        #expect(ends == [false, false, false, true])
        #expect(text(output) == "xxa")
    }

    @Test func keepsCharactersWhole() throws {
        var output = try output()
        let bytes = Array("é€".utf8)
        var pieces: [String] = []
        var offsets: [Int] = []
        for byte in bytes {
            offsets.append(output.textOffset)
            _ = output.take(GeneratedToken(id: TokenID(Int32(byte))), report: nil)
            pieces.append(text(output))
            output.clearTaken()
        }
        #expect(pieces == ["", "é", "", "", "€"] && offsets == [0, 0, 1, 1, 1] && output.textOffset == 2)
        _ = output.take(GeneratedToken(id: TokenID(0xE2)), report: nil)
        output.finish(.length)
        #expect(text(output) == "\u{FFFD}")
    }

    @Test func beginsWithAnEcho() throws {
        var output = try output()
        output.begin(with: "ab".utf8, reports: [report(TokenID(97)), report(TokenID(98))])
        _ = output.take(GeneratedToken(id: TokenID(99)), report: report(TokenID(99)))
        #expect(text(output) == "abc" && output.reports.count == 3 && output.tokenCount == 1)
    }
}
