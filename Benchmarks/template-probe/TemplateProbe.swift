import ChatTemplates
import JSONBytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Renders templates for the scripts that compare `ChatTemplates` with other engines.
///
/// Each line of the standard input is a JSON object with `source` (the template), `variables`, `trusted` (strings that
/// count as the template's own), and `now` (seconds since 1970 in UTC) with `microsecond`; what is left out keeps its
/// value of the line before. The answer is a line, too: `text`, or `error` (the kind) with `message`. With `repeat`, the
/// rendering runs as often and `nanoseconds` tells the processor time of all of it.
@main
struct TemplateProbe {
    private var template: Result<ChatTemplate, TemplateError>?
    private var variables = JSONObject()
    private var trusted: [String: String] = [:]
    private var now = TemplateDate(secondsSince1970: 0)

    static func main() {
        var probe = TemplateProbe()
        while let line = readLine() {
            print(probe.answer(line).text)
            fflush(nil)
        }
    }

    private mutating func answer(_ line: String) -> JSONValue {
        guard case .object(let request)? = try? JSONValue(parsing: line) else {
            return ["error": "request", "message": "a line must be a JSON object"]
        }
        update(request)
        guard let template else { return ["error": "request", "message": "there is no template yet"] }
        var count = 1
        if case .integer(let given)? = request["repeat"] { count = max(given, 1) }
        do {
            let template = try template.get()
            let started = processorTime()
            var prompt = try render(template)
            for _ in 1..<count { prompt = try render(template) }
            let nanoseconds = processorTime() - started
            return ["text": .string(prompt.text), "nanoseconds": .integer(nanoseconds)]
        } catch {
            return ["error": .string(name(of: error.kind)), "message": .string(error.message)]
        }
    }

    private mutating func update(_ request: JSONObject) {
        if case .string(let source)? = request["source"] {
            template = Result { () throws(TemplateError) in try ChatTemplate(source: source) }
        }
        if case .object(let given)? = request["variables"] { variables = given }
        if case .object(let given)? = request["trusted"] {
            trusted = [:]
            for (name, value) in given { if case .string(let text) = value { trusted[name] = text } }
        }
        if case .integer(let seconds)? = request["now"] {
            var microsecond = 0
            if case .integer(let given)? = request["microsecond"] { microsecond = given }
            now = TemplateDate(secondsSince1970: seconds, microsecond: microsecond)
        }
    }

    private func render(_ template: ChatTemplate) throws(TemplateError) -> RenderedPrompt {
        try template.render(TemplateContext(variables: variables, trusted: trusted, now: now))
    }

    private func name(of kind: TemplateError.Kind) -> String {
        switch kind {
        case .syntax: "syntax"
        case .raised: "raised"
        case .runtime: "runtime"
        case .limitExceeded(let limit): "limit \(limit)"
        }
    }

    /// Nanoseconds of processor time that the process has used.
    private func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
