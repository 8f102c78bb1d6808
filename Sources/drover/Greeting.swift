import Foundation
import Gateway
import OpenAIAPI
import OutputParsing
import ServingModel
import Tokenization

/// What a service says when it is ready: where it is, and a line to try.
enum Greeting {
    static func showEngine(at url: String, _ text: TextModel, summary: String) {
        let path = text.template == nil ? "completions" : "chat/completions"
        let question =
            text.template == nil
            ? #""prompt":"The capital of France is""#
            : #""messages":[{"role":"user","content":"What is the capital of France?"}]"#
        let summary = "(\(summary)\(context(of: text))\(format(of: text)))"
        show("serves", text, summary, url, path: path, body: question + #","temperature":0"#)
    }

    static func showTokenizer(at url: String, _ text: TextModel) {
        let summary = "(\(text.tokenizer.vocabulary.count) tokens\(context(of: text)))"
        show("tokenizes for", text, summary, url, path: "tokenize", body: #""prompt":"The capital of France is""#)
    }

    static func showWorker(at url: String, _ card: EngineCard, summary: String) {
        print(
            """
            drover serves \(card.model) (\(summary), context \(card.contextTokens)) on \(url)
            Point a gateway at it: drover gateway --worker \(url)
            """)
        fflush(nil)
    }

    static func showGateway(at url: String, workers: Int) {
        print("drover gateway on \(url), for \(workers) worker\(workers == 1 ? "" : "s"); GET \(url)/v1/models")
        fflush(nil)
    }

    private static func context(of text: TextModel) -> String {
        text.listing.contextTokens.map { ", context \($0)" } ?? ""
    }

    private static func format(of text: TextModel) -> String {
        text.format.map { ", answers as \($0.name)" } ?? ""
    }

    private static func show(
        _ verb: String, _ text: TextModel, _ summary: String, _ url: String, path: String, body: String
    ) {
        let name = text.listing.model.rawValue
        print(
            """
            drover \(verb) \(name) \(summary) on \(url)
            Try it:
              curl \(url)/v1/\(path) -H 'content-type: application/json' \\
                -d '{"model":"\(name)",\(body)}'
            """)
        fflush(nil)
    }
}
