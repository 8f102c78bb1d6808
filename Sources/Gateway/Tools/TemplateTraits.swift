package import ChatTemplates
import JSONBytes
package import OpenAIAPI

/// What a chat template makes of tools, found out by rendering small conversations with it when the model is loaded.
package struct TemplateTraits: Sendable, Equatable {
    /// Whether it tells the model of the functions that there are.
    package private(set) var showsTools = false
    /// Whether it shows the calls that an assistant made.
    package private(set) var showsCalls = false
    /// Whether it shows messages of the role `tool`.
    package private(set) var showsResults = false
    /// Whether it shows a message of the role `system`.
    package private(set) var showsSystem = false
    /// How it takes the arguments of calls.
    package private(set) var argumentForm = ToolArgumentForm.object
    /// Whether it looks for the reasoning before a call under the name `thinking`, as gpt-oss' does.
    package private(set) var callsReasoningThinking = false
    /// Whether it refuses calls whose ids are not nine letters and digits, as Mistral's do.
    package private(set) var needsShortCallIDs = false

    /// Probes a template; takes some ten renderings of a few hundred bytes.
    ///
    /// - Parameter trusted: the strings that every rendering is given.
    package init(probing template: ChatTemplate, trusted: [String: String]) {
        let probe = TemplateProbe(template: template, trusted: trusted)
        showsSystem = probe.shows(TemplateProbe.systemText, [TemplateProbe.system, TemplateProbe.user])
        showsTools =
            probe.shows(TemplateProbe.functionName, [TemplateProbe.user], tools: true)
            || probe.shows(TemplateProbe.functionName, [TemplateProbe.system, TemplateProbe.user], tools: true)
        for id in [TemplateProbe.longID, TemplateProbe.shortID] {
            for form in [ToolArgumentForm.object, .text] where probe.showsCall(id: id, form: form) {
                showsCalls = true
                argumentForm = form
                needsShortCallIDs = id == TemplateProbe.shortID
                showsResults = probe.showsResult(id: id, form: form)
                callsReasoningThinking =
                    !probe.showsReasoning(under: ["reasoning_content", "reasoning"], id: id, form: form)
                    && probe.showsReasoning(under: ["thinking"], id: id, form: form)
                return
            }
        }
        showsResults = probe.shows(TemplateProbe.resultText, [TemplateProbe.user, TemplateProbe.result(id: nil)])
    }
}
