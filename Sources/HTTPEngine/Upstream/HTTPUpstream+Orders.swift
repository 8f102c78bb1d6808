import AsyncHTTPClient
import JSONBytes
import NIOCore
import NIOHTTP1
package import ServingModel

extension HTTPUpstream {
    /// How long an order may take beside the time that it says itself; profilers write what they have recorded.
    private static let orderSeconds = 120.0
    /// How long the server may take to say what it is.
    private static let describingSeconds = 5.0

    /// Has the server do something by the endpoint that servers of its kind have for it, and returns what it says.
    package func carryOut(_ order: WorkerOrder) async -> WorkerReply {
        do throws(HTTPUpstreamError) {
            let software = try await describe(timeoutSeconds: Self.describingSeconds).software
            guard let path = software.path(of: order) else {
                return .unable("\(software.title) has no endpoint for this")
            }
            var seconds = Self.orderSeconds
            if case .flushCache(let waitSeconds) = order { seconds += waitSeconds }
            let answer = try await post(path, order.body, deadline: .now() + .seconds(seconds))
            guard ![404, 405].contains(answer.status) else {
                let hint = software == .vllm ? "; vLLM has it only where it is started for that" : ""
                return .unable("it has no \(path.prefix { $0 != "?" })\(hint)")
            }
            return WorkerReply(status: answer.status, body: answer.body)
        } catch {
            return .unable("\(error)")
        }
    }
}

extension UpstreamSoftware {
    /// Where the program is told; nil if it cannot be.
    fileprivate func path(of order: WorkerOrder) -> String? {
        switch (self, order) {
        case (.vllm, .flushCache): "/reset_prefix_cache"
        case (.sglang, .flushCache(let waitSeconds)):
            "/flush_cache" + (waitSeconds > 0 ? "?timeout=\(waitSeconds)" : "")
        case (.drover, .flushCache): "/flush_cache"
        case (.vllm, .startProfile), (.sglang, .startProfile), (.drover, .startProfile): "/start_profile"
        case (.vllm, .stopProfile), (.sglang, .stopProfile), (.drover, .stopProfile): "/stop_profile"
        case (.trtllm, _), (.llamaServer, _), (.ollama, _), (.unknown, _): nil
        }
    }

    /// The program's name for people.
    fileprivate var title: String {
        switch self {
        case .vllm: "vLLM"
        case .sglang: "SGLang"
        case .trtllm: "TensorRT-LLM"
        case .llamaServer: "llama-server"
        case .ollama: "Ollama"
        case .drover: "Drover"
        case .unknown: "a server of this kind"
        }
    }
}

extension WorkerOrder {
    /// What SGLang's and Drover's endpoints take; vLLM's look at no body.
    fileprivate var body: [UInt8] {
        var members = JSONObject()
        switch self {
        case .flushCache(let waitSeconds): if waitSeconds > 0 { members["timeout"] = .double(waitSeconds) }
        case .startProfile(let options):
            members["output_dir"] = options.outputDirectory.map { .string($0) }
            members["start_step"] = options.startStep.map { .integer($0) }
            members["num_steps"] = options.stepCount.map { .integer($0) }
            if !options.activities.isEmpty { members["activities"] = .array(options.activities.map { .string($0) }) }
            members["with_stack"] = options.withStack.map { .bool($0) }
            members["record_shapes"] = options.recordShapes.map { .bool($0) }
            if options.profilesByStage { members["profile_by_stage"] = true }
        case .stopProfile: break
        }
        return JSONValue.object(members).bytes
    }
}

extension WorkerReply {
    /// Of the text that is no JSON.
    private static let messageBytes = 500

    /// Reads what a server answers: Drover's list of replies, an error, or any text.
    init(status: Int, body: [UInt8]) {
        let isDone = (200..<300).contains(status)
        if case .object(let object)? = try? JSONValue(parsing: body), case .bool(let isAllDone)? = object["ok"] {
            let messages = (object.array("workers") ?? []).compactMap { worker -> String? in
                if case .object(let worker) = worker { worker.string("message") } else { nil }
            }
            self.init(isDone: isDone && isAllDone, message: messages.joined(separator: "; "))
        } else {
            let text = String(decoding: body.prefix(Self.messageBytes), as: UTF8.self)
            let message = UpstreamErrorText(parsing: body)?.message ?? text
            self.init(isDone: isDone, message: message.isEmpty ? "status \(status)" : message)
        }
    }
}
