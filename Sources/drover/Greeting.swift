import Foundation
import Gateway
import OpenAIAPI
import OutputParsing
import ServingModel

/// What `drover serve` says when it is ready: where it is, and a line to try.
enum Greeting {
    static func show(host: String, port: Int, model: ServedModel, summary: String) {
        let shown = host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        let url = "http://\(shown):\(port)"
        let name = model.listing.model.rawValue
        let path = model.template == nil ? "completions" : "chat/completions"
        let question =
            model.template == nil
            ? #""prompt":"The capital of France is""#
            : #""messages":[{"role":"user","content":"What is the capital of France?"}]"#
        let format = model.format.map { ", answers as \($0.name)" } ?? ""
        print(
            """
            drover serves \(name) (\(summary), context \(model.listing.contextTokens)\(format)) on \(url)
            Try it:
              curl \(url)/v1/\(path) -H 'content-type: application/json' \\
                -d '{"model":"\(name)",\(question),"temperature":0}'
            """)
        fflush(nil)
    }
}
