import EngineWire
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// What our gateway says of tools in structural tags arrives as what it meant.
struct StructuralTagTests {
    private static func calls(opening: String = "<tools>", closing: String = "</tools>") -> CallConstraint {
        let frame = CallConstraint.Frame(
            opening: opening, beforeName: #"{"name":""#, beforeArguments: #"","arguments":"#, afterArguments: "}",
            between: ",", closing: closing)
        let functions = ["weather", "time"].map { name in
            CallConstraint.Function(
                name: name, parameters: #"{"type":"object"}"#, isStrict: true, field: "tools[0]")
        }
        return CallConstraint(frame: frame, functions: functions, callsMax: 1)
    }

    /// The request that the engine gets for one that our gateway sends.
    private func arrived(
        _ constraint: OutputConstraint, _ trigger: ConstraintTrigger? = nil
    ) async throws -> GenerationRequest? {
        var request = GenerationRequest(
            id: RequestID(1), prompt: [TokenID(10)], stop: StopConditions(maxTokens: 2))
        request.constraint = constraint
        request.constraintTrigger = trigger
        var bytes: [UInt8] = []
        try EngineDialect.vllm.appendGenerate(request, wireID: "a", endTokens: [], to: &bytes)
        var arrived: GenerationRequest?
        try await Worker.run { worker in
            let call = try await worker.link.begin(Worker.service, "Generate", bytes)
            let status = await worker.link.end(of: call).status
            #expect(status?.code == .ok, "\(status?.message ?? "")")
            arrived = worker.engine.script.submissions.first
        }
        return arrived
    }

    /// Calls as they are read: the name has all of the text before the arguments.
    private func check(_ constraint: OutputConstraint?, _ meant: CallConstraint) {
        guard case .calls(let calls)? = constraint else {
            Issue.record("\(String(describing: constraint))")
            return
        }
        #expect(calls.frame.opening == meant.frame.opening && calls.frame.closing == meant.frame.closing)
        #expect(calls.frame.afterArguments == meant.frame.afterArguments)
        let names = meant.functions.map { meant.frame.beforeName + $0.name + meant.frame.beforeArguments }
        #expect(calls.functions.map(\.name) == names)
        #expect(calls.functions.map(\.parameters) == meant.functions.map(\.parameters))
        #expect(calls.callsMax == meant.callsMax)
    }

    @Test func callsArrive() async throws {
        for meant in [Self.calls(), Self.calls(opening: "", closing: "")] {
            let request = try await arrived(.calls(meant))
            check(request?.constraint, meant)
            #expect(request?.constraintTrigger == nil)
        }
    }

    @Test func callsOrJSONArrive() async throws {
        var meant = Self.calls()
        meant.alternative = .jsonSchema(#"{"type":"array"}"#)
        let request = try await arrived(.calls(meant))
        check(request?.constraint, meant)
        guard case .calls(let calls)? = request?.constraint else { return }
        #expect(calls.alternative == meant.alternative)
    }

    @Test func triggersArrive() async throws {
        let aside = ConstraintTrigger.Aside(
            openings: [Array("<think>".utf8)], closings: [Array("</think>".utf8)], opensAnywhere: true, isOpen: false)
        let opening = ConstraintTrigger.Opening(text: Array("<tools>".utf8), standsFor: Array("<tools>".utf8))
        for aside in [nil, aside] {
            let trigger = ConstraintTrigger(openings: [opening], aside: aside)
            let request = try await arrived(.calls(Self.calls()), trigger)
            check(request?.constraint, Self.calls())
            #expect(request?.constraintTrigger == trigger)
        }
    }

    /// Calls in notations that tags have no words for arrive as grammars.
    @Test func otherNotationsArrive() async throws {
        var meant = Self.calls(opening: "[", closing: "]")
        meant.frame = CallConstraint.Frame(
            opening: "[", beforeName: "", beforeArguments: "(", arguments: .python, afterArguments: ")", between: ", ",
            closing: "]")
        let forced = try await arrived(.calls(meant))
        guard case .grammar(let text)? = forced?.constraint else {
            Issue.record("\(String(describing: forced?.constraint))")
            return
        }
        #expect(text.contains("root ::= \"[\"") && text.contains("weather("))
        let opening = ConstraintTrigger.Opening(text: Array("[".utf8), standsFor: Array("[".utf8))
        let request = try await arrived(.calls(meant), ConstraintTrigger(openings: [opening], aside: nil))
        #expect(request?.constraintTrigger?.openings == [.init(text: Array("[".utf8), standsFor: [])])
        guard case .grammar(let rest)? = request?.constraint else { return }
        #expect(!rest.contains("root ::= \"[\""))
    }

    @Test func openReasoningArrives() async throws {
        let aside = ConstraintTrigger.Aside(
            openings: [], closings: [Array("</think>".utf8)], opensAnywhere: true, isOpen: true)
        let trigger = ConstraintTrigger(openings: [], aside: aside)
        let request = try await arrived(.jsonSchema(#"{"type":"object"}"#), trigger)
        #expect(request?.constraint == .jsonSchema(#"{"type":"object"}"#))
        #expect(request?.constraintTrigger == trigger)
        check(try await arrived(.calls(Self.calls()), trigger)?.constraint, Self.calls())
    }

    @Test(arguments: [
        "", "{}", #"{"type":"structural_tag"}"#, #"{"type":"structural_tag","format":{"type":"any_text"}}"#,
        #"{"type":"structural_tag","format":{"type":"tags_with_separator","tags":[],"separator":"","at_least_one":true}}"#,
        #"{"type":"structural_tag","format":{"type":"sequence","elements":[{"type":"regex","pattern":"a"}]}}"#,
    ])
    func refusesOthers(_ tag: String) async throws {
        try await Worker.run { worker in
            let status = try await worker.generate(Worker.request { $0.samplingParams.structuralTag = tag }).1
            #expect(status.code == .invalidArgument)
            #expect(status.message.hasPrefix("sampling_params.structural_tag: "))
        }
    }
}
