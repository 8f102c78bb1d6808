import ChatTemplates
import Gateway
import JSONBytes
import OutputParsing
import SchemaGrammar
import ServingModel
import ServingTesting
import Testing

/// What the gateway makes of every format that there is.
struct OutputFormatTests {
    private let arguments = #"{"city": "Oslo"}"#

    /// What a model that is held to a request's calls writes: one call of each function.
    private func text(_ calls: CallConstraint) -> String {
        let all: [(String, JSONObject)] = [("weather", JSONObject([("city", "Oslo")])), ("clock", JSONObject())]
        return CallText(calls.frame).text(of: Array(all.prefix(calls.callsMax)))
    }

    /// Every answer that a forced request allows is read as calls, in one piece and streamed.
    @Test(arguments: OutputFormat.all.map(\.name))
    func readsWhatItForces(_ name: String) throws {
        let format = try #require(OutputFormat.named(name))
        // These templates begin the header of the answer, and calls go on from there.
        let begun = ["functionary-v3.2": ">>>", "muse": "<|start|>assistant"][name]
        let template =
            try begun.map { try ChatTemplate(source: "{{ messages[0].content }}\($0)") }
            ?? TinyVocabulary.template
        let probe = GatewayFixture([ToolFixture.script("x")], template: template, format: format)
        _ = try probe.answer(HTTPRequests.chat(ToolFixture.forced))
        let request = try #require(probe.engine.submissions.first)
        var text = text(try ToolFixture.calls(request.constraint))
        if request.constraintTrigger != nil { text = "Hm." + (try closing(of: format)) + text }
        for options in ["", #","stream":true"#] {
            let fixture = GatewayFixture([ToolFixture.script(text)], template: template, format: format)
            let answer = try fixture.answer(HTTPRequests.chat(ToolFixture.forced + options))
            let (message, end) = options.isEmpty ? try whole(answer) : try ToolFixture.joined(answer)
            #expect(end == "tool_calls", "\(text)")
            #expect(message["tool_calls.0.function"] == ["name": "weather", "arguments": .string(arguments)])
            #expect(message["tool_calls.1.function"] == ["name": "clock", "arguments": "{}"])
            #expect(message["content"] == .null)
        }
    }

    private func whole(_ answer: HTTPAnswer) throws -> (JSONValue, JSONValue?) {
        let choice = try answer.json["choices.0"]
        return (choice?["message"] ?? .null, choice?["finish_reason"])
    }

    private func closing(of format: OutputFormat) throws -> String {
        String(decoding: try #require(format.reasoningEnd.aside?.closings.first), as: UTF8.self)
    }
}
