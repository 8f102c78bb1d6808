import EngineWire
import JSONBytes
import ServingModel
import SwiftProtobuf
import Testing

struct RequestTests {
    @Test func writesWhatTheEnginesContractsSay() throws {
        var compared = 0
        for fixture in try WireFixture.all("requests.json") {
            for dialect in EngineDialect.allCases {
                guard let message = fixture.members["messages"]?.members[dialect.rawValue] else { continue }
                compared += 1
                var bytes: [UInt8] = [1, 2, 3]
                do {
                    try dialect.appendGenerate(
                        fixture.request, wireID: "drover-1", endTokens: fixture.endTokens, to: &bytes)
                    #expect(bytes.prefix(3) == [1, 2, 3])
                    let expected = try #require(message.members["bytes"]).hex
                    let areSame = try Self.areSame(Array(bytes.dropFirst(3)), expected, dialect)
                    #expect(areSame, "\(fixture.name), \(dialect)")
                } catch let error as EngineError {
                    let field = try #require(message.members["refused"]?.string, "\(fixture.name), \(dialect)")
                    guard case .invalid(field, _) = error else {
                        Issue.record("\(fixture.name), \(dialect): \(error)")
                        continue
                    }
                    #expect(dialect.refusal(of: fixture.request) == error)
                    #expect(bytes == [1, 2, 3])
                }
            }
        }
        #expect(compared == 60)
    }

    /// Whether two messages say the same, in whatever order; fields that we do not know count too.
    private static func areSame(_ left: [UInt8], _ right: [UInt8], _ dialect: EngineDialect) throws -> Bool {
        switch dialect {
        case .vllm: try VLLMGenerateRequest(serializedBytes: left) == VLLMGenerateRequest(serializedBytes: right)
        case .sglang:
            try SGLangGenerateRequest(serializedBytes: left) == SGLangGenerateRequest(serializedBytes: right)
        case .trtllm:
            try TRTLLMGenerateRequest(serializedBytes: left) == TRTLLMGenerateRequest(serializedBytes: right)
        }
    }

    @Test func writesLongPrompts() throws {
        let prompt = (0..<100_000).map { TokenID(Int32($0 * 21_474)) }
        let request = GenerationRequest(id: RequestID(1), prompt: prompt, stop: StopConditions(maxTokens: 1))
        var bytes: [UInt8] = []
        try EngineDialect.vllm.appendGenerate(request, wireID: "a", endTokens: [], to: &bytes)
        let message = try VLLMGenerateRequest(serializedBytes: bytes)
        #expect(message.tokenized.inputIds == prompt.map { UInt32($0.rawValue) })
    }

    @Test func abortsByName() throws {
        func bytes(_ dialect: EngineDialect) -> [UInt8] {
            var bytes: [UInt8] = []
            dialect.appendAbort("drover-1", to: &bytes)
            return bytes
        }
        #expect(try VLLMAbortRequest(serializedBytes: bytes(.vllm)).requestIds == ["drover-1"])
        #expect(try SGLangAbortRequest(serializedBytes: bytes(.sglang)).requestID == "drover-1")
        #expect(try TRTLLMAbortRequest(serializedBytes: bytes(.trtllm)).requestID == "drover-1")
    }

    @Test func asksForEmbeddings() throws {
        let request = EmbeddingRequest(id: RequestID(1), prompt: [TokenID(1), TokenID(300)])
        var bytes: [UInt8] = []
        try EngineDialect.vllm.appendEmbed(request, wireID: "drover-1", to: &bytes)
        let message = try VLLMEmbedRequest(serializedBytes: bytes)
        #expect(message.requestID == "drover-1")
        #expect(message.tokenized.inputIds == [1, 300])
        var others: [UInt8] = []
        try EngineDialect.sglang.appendEmbed(request, wireID: "drover-1", to: &others)
        #expect(try SGLangEmbedRequest(serializedBytes: others).tokenized.inputIds == [1, 300])
        #expect(throws: EngineError.self) {
            try EngineDialect.trtllm.appendEmbed(request, wireID: "drover-1", to: &others)
        }
    }

    @Test func readsEmbeddings() throws {
        let vector: [Float] = [0.5, -1, .infinity, 1e-30]
        var first = VLLMEmbedResponse()
        first.embedding = vector
        first.promptTokens = 7
        var second = SGLangEmbedResponse()
        second.embedding = vector
        let messages: [(EngineDialect, [UInt8])] = [
            (.vllm, try first.serializedBytes()), (.sglang, try second.serializedBytes()),
        ]
        for (dialect, bytes) in messages {
            #expect(try bytes.withUnsafeBytes { try dialect.readEmbedding($0) } == vector)
            for length in 0..<vector.count * 4 {
                #expect(throws: WireError.self) {
                    try bytes.prefix(length).withUnsafeBytes { try dialect.readEmbedding($0) }
                }
            }
        }
    }

    @Test func namesEachLimitationOfTheTable() {
        for limitation in EngineLimitation.all {
            var request = GenerationRequest(
                id: RequestID(1), prompt: [TokenID(1)], stop: StopConditions(maxTokens: 8))
            #expect(!limitation.applies(request), "\(limitation.field) is refused where it is not asked for")
            request.sampling.seed = 1
            request.sampling.logitBias = [TokenID(1): 1]
            request.reportsPromptLogprobs = true
            request.stop.minTokens = 1
            request.stop.stopTokens = [TokenID(2)]
            #expect(limitation.applies(request), "\(limitation.field) is never refused")
            #expect(limitation.dialect.refusal(of: request) != nil)
        }
    }
}
