import ChatTemplates
import JSONBytes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The chat templates that setting the repository up unpacks: real ones, of many model families.
enum Templates {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.drover/llama-source/models/templates")

    static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jinja") }.sorted()
    }

    static func source(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    /// A rendered prompt that an answer follows, and the answer as the template itself writes it into a history.
    struct Turn {
        var promptTail: String
        var answer: String
    }

    /// The assistant's message as the template renders it, cut out of the conversation; nil if it refuses the message.
    static func turn(_ template: ChatTemplate, answer: JSONValue, tools: JSONValue, thinks: Bool) -> Turn? {
        let user: JSONValue = ["role": "user", "content": "UUU"]
        func render(_ messages: [JSONValue], prompt: Bool) -> String? {
            var variables: JSONObject = JSONObject([
                ("messages", .array(messages)), ("tools", tools), ("add_generation_prompt", .bool(prompt)),
                ("functions", .string("[]")), ("datetime", "today"),
            ])
            if thinks {
                variables["enable_thinking"] = true
                variables["thinking"] = true
            }
            let context = TemplateContext(
                variables: variables, trusted: ["bos_token": "<BOS>", "eos_token": "<EOS>"],
                now: TemplateDate(secondsSince1970: 1_783_155_903, microsecond: 0))
            return (try? template.render(context))?.text
        }
        guard let prompt = render([user], prompt: true), let whole = render([user, answer], prompt: false) else {
            return nil
        }
        let (head, full) = (Array(prompt.utf8), Array(whole.utf8))
        var cut = zip(head, full).prefix { $0 == $1 }.count
        if cut < head.count {
            // The history leaves the prompt inside of a tag: go back to where the tag begins.
            while cut > 0, !">\n]: ".utf8.contains(full[cut - 1]) { cut -= 1 }
        }
        let tail = String(decoding: full[..<cut].suffix(64), as: UTF8.self)
        var turn = Turn(promptTail: tail, answer: withoutEnd(String(decoding: full[cut...], as: UTF8.self)))
        // Apriel's history leaves out the words with which its prompt begins the reasoning.
        if turn.answer.contains("[BEGIN FINAL RESPONSE]") { turn.promptTail = String(prompt.suffix(64)) }
        return turn
    }

    /// What ends a turn and is no part of an answer: an engine stops there.
    private static let ends = [
        "<|im_end|>", "<EOS>", "[e~[", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|END_OF_TURN_TOKEN|>",
        "<｜end▁of▁sentence｜>", "\n<|end|>", "<seed:eos>", "<end_of_sentence>",
        "<SPECIAL_12>", "<SPECIAL_11>", "<sep>", "<turn|>", "<|role_end|>", "</assistant>", "<｜hy_eos:opensource｜>",
        "<|assistant_end|>",
    ]

    private static func withoutEnd(_ answer: String) -> String {
        let end = ends.compactMap { answer.firstRange(of: $0)?.lowerBound }.min() ?? answer.endIndex
        return String(answer[..<end])
    }
}
