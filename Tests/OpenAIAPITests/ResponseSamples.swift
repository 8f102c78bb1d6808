import OpenAIAPI
import ServingModel

/// What the tests of chunks and whole responses have in common.
enum ResponseSamples {
    static func head(_ form: ResponseHead.Form, fingerprint: String? = "fp_1") -> ResponseHead {
        ResponseHead(
            form: form, id: form == .chat ? "chatcmpl-1" : "cmpl-1", created: 1_700_000_000, model: ModelID("a/\"b\""),
            systemFingerprint: fingerprint)
    }

    static let usage = TokenUsage(promptTokens: 10, completionTokens: 5, cachedTokens: 4)

    /// A whole token, and one that is the beginning of a character.
    static let tokens = [
        TokenReport(
            bytes: Array("\"é".utf8), logprob: -0.5,
            top: [
                TokenReport.Candidate(bytes: Array("\"é".utf8), logprob: -0.5),
                TokenReport.Candidate(bytes: Array("x".utf8), logprob: -.infinity),
            ], textOffset: 7),
        TokenReport(
            bytes: [0xF0, 0x9F], logprob: -1e-5, top: [TokenReport.Candidate(bytes: [0xF0, 0x9F], logprob: -1e-5)],
            textOffset: 9),
    ]

    static func written(_ append: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        append(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ChunkWriter {
    func text(_ text: String, choice: Int = 0, end: ChoiceEnd? = nil) -> String {
        ResponseSamples.written { bytes in
            Array(text.utf8).withUnsafeBufferPointer { appendText($0, choice: choice, end: end, to: &bytes) }
        }
    }

    func text(_ text: String, tokens: [TokenReport]) -> String {
        ResponseSamples.written { bytes in
            Array(text.utf8).withUnsafeBufferPointer {
                appendText($0, choice: 0, tokens: tokens, to: &bytes)
            }
        }
    }
}
