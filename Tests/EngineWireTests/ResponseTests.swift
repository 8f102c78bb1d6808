import EngineWire
import JSONBytes
import ServingModel
import SwiftProtobuf
import Testing

struct ResponseTests {
    @Test func readsWhatTheEnginesServersSend() throws {
        let fixtures = try WireFixture.all("responses.json")
        #expect(fixtures.count == 58)
        for fixture in fixtures {
            var reader = fixture.reader
            var seen: [SeenEvent] = []
            for message in fixture.messages {
                #expect(!reader.isComplete)
                seen += try reader.events(message)
            }
            #expect(
                seen == fixture.events, "\(fixture.name), \(fixture.dialect), streamed: \(fixture.request.isStreamed)")
            #expect(reader.isComplete)
        }
    }

    @Test func survivesDamagedMessages() throws {
        for fixture in try WireFixture.all("responses.json") {
            for (index, message) in fixture.messages.enumerated() {
                var before = fixture.reader
                for earlier in fixture.messages.prefix(index) { _ = try before.events(earlier) }
                for at in message.indices {
                    var reader = before
                    _ = try? reader.events(Array(message.prefix(at)))
                    for bit in 0..<8 {
                        var damaged = message
                        damaged[at] ^= 1 << bit
                        var reader = before
                        _ = try? reader.events(damaged)
                        _ = try? reader.events(message)
                    }
                }
            }
        }
    }

    @Test func survivesArbitraryBytes() throws {
        var generator = SeededGenerator(seed: 20_261_122)
        let fixtures = try WireFixture.all("responses.json")
        for _ in 0..<20_000 {
            let fixture = try #require(fixtures.randomElement(using: &generator))
            var message = try #require(fixture.messages.randomElement(using: &generator))
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let at = Int.random(in: 0...message.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: message.insert(.random(in: 0...255, using: &generator), at: at)
                case 1 where at < message.count: message.remove(at: at)
                default: message.replaceSubrange(at..., with: message.prefix(at))
                }
            }
            var reader = fixture.reader
            _ = try? reader.events(message)
            _ = try? reader.events(message)
        }
    }

    @Test func readsUnpackedTokensAndSkipsWhatItDoesNotKnow() throws {
        // index = 0 unpacked among tokens, then a field 200 of each type.
        let chunk: [UInt8] =
            [0x08, 0x05, 0x0A, 0x02, 0x06, 0x07, 0x38, 0x00, 0x08, 0xAC, 0x02]
            + [0xC0, 0x0C, 0x01, 0xC1, 0x0C] + Array(repeating: 9, count: 8)
            + [0xC2, 0x0C, 0x02, 0xFF, 0xFF, 0xC5, 0x0C, 1, 2, 3, 4]
        var reader = GenerationReader(dialect: .vllm, request: .simple(), endTokens: [])
        let events = try reader.events([0x0A, UInt8(chunk.count)] + chunk)
        #expect(
            events == [.started(cachedTokens: 0, logprobs: [])]
                + [5, 6, 7, 300].map { .token(choice: 0, TokenID($0), nil) })
    }

    @Test func refusesWhatNoEngineMaySend() throws {
        func error(_ messages: VLLMGenerateResponse..., request: GenerationRequest = .simple()) throws -> WireError? {
            var reader = GenerationReader(dialect: .vllm, request: request, endTokens: [TokenID(2)])
            do {
                for message in messages { _ = try reader.events(message.serializedBytes()) }
            } catch let error as WireError {
                return error
            }
            return nil
        }
        #expect(try error(.chunk([5], choice: 1)) == .choice)
        #expect(try error(.chunk([1 << 31])) == .token)
        #expect(try error(.complete("stop"), .chunk([5])) == .afterEnd)
        #expect(try error(.complete("stop"), .complete("stop")) == .afterEnd)
        var echoing = GenerationRequest.simple()
        echoing.reportsPromptLogprobs = true
        #expect(try error(.chunk([5]), request: echoing) == .promptLogprobs)
    }

    @Test func holdsBackATokenThatMayBeTheEnd() throws {
        var reader = GenerationReader(dialect: .vllm, request: .simple(), endTokens: [TokenID(2)])
        #expect(try reader.events(.chunk([5, 2])) == [.started(cachedTokens: 0, logprobs: []), .five])
        #expect(try reader.events(.complete("stop")) == [.finished(choice: 0, .stop(TokenID(2)))])
        #expect(reader.isComplete)
    }

    @Test func reportsEndsThatAreIgnored() throws {
        var request = GenerationRequest.simple()
        request.stop.ignoresEndOfSequence = true
        var reader = GenerationReader(dialect: .vllm, request: request, endTokens: [TokenID(2)])
        #expect(
            try reader.events(.chunk([2]))
                == [.started(cachedTokens: 0, logprobs: []), .token(choice: 0, TokenID(2), nil)])
    }

    @Test func handsOutOneComputedChoiceAsAll() throws {
        var request = GenerationRequest.simple()
        request.choices = 3
        request.sampling.temperature = 0
        var reader = GenerationReader(dialect: .vllm, request: request, endTokens: [])
        #expect(
            try reader.events(.chunk([5]))
                == [.started(cachedTokens: 0, logprobs: [])] + (0..<3).map { .token(choice: $0, TokenID(5), nil) })
        reader.cancel(choice: 1)
        #expect(
            try reader.events(.complete("length"))
                == [.finished(choice: 0, .length), .finished(choice: 2, .length)])
        #expect(reader.isComplete)
    }

    @Test func dropsWhatWasCancelled() throws {
        var request = GenerationRequest.simple()
        request.choices = 2
        var reader = GenerationReader(dialect: .vllm, request: request, endTokens: [])
        _ = try reader.events(.chunk([5]))
        reader.cancel(choice: 0)
        reader.cancel(choice: 0)
        #expect(try reader.events(.chunk([6])) == [])
        #expect(try reader.events(.complete("length")) == [])
        #expect(!reader.isComplete)
        reader.cancel(choice: 1)
        #expect(reader.isComplete)
        #expect(try reader.events(.complete("abort", choice: 1)) == [])
    }

    @Test func reportsNoTokenWhereNoneWasAskedFor() throws {
        var reader = GenerationReader(dialect: .vllm, request: .simple(maxTokens: 0), endTokens: [TokenID(2)])
        #expect(try reader.events(.chunk([2])) == [.started(cachedTokens: 0, logprobs: [])])
        #expect(try reader.events(.complete("stop")) == [.finished(choice: 0, .length)])
    }

    @Test func boundsLogprobsToWhatJSONHolds() throws {
        var request = GenerationRequest.simple()
        request.topLogprobs = 0
        var response = VLLMGenerateResponse.chunk([5, 6, 7])
        response.chunk.outputLogprobs.tokenIds = [5, 6, 7]
        response.chunk.outputLogprobs.tokenLogprobs = [-.infinity, .nan, .infinity]
        var reader = GenerationReader(dialect: .vllm, request: request, endTokens: [])
        let expected: [(Int32, Float)] = [(5, -9999), (6, -9999), (7, 0)]
        let seen = try reader.events(response)
        #expect(
            seen == [.started(cachedTokens: 0, logprobs: [])]
                + expected.map { token, logprob in
                    .token(choice: 0, TokenID(token), TokenLogprobs(logprob: logprob, top: []))
                })
    }
}

extension SeenEvent {
    fileprivate static let five = SeenEvent.token(choice: 0, TokenID(5), nil)
}

extension GenerationRequest {
    fileprivate static func simple(maxTokens: Int = 8) -> GenerationRequest {
        GenerationRequest(id: RequestID(1), prompt: [TokenID(1)], stop: StopConditions(maxTokens: maxTokens))
    }
}

extension VLLMGenerateResponse {
    fileprivate static func chunk(_ tokens: [UInt32], choice: UInt32 = 0) -> VLLMGenerateResponse {
        var response = VLLMGenerateResponse()
        response.chunk.tokenIds = tokens
        response.chunk.index = choice
        return response
    }

    fileprivate static func complete(_ reason: String, choice: UInt32 = 0) -> VLLMGenerateResponse {
        var response = VLLMGenerateResponse()
        response.complete.finishReason = reason
        response.complete.index = choice
        return response
    }
}

extension GenerationReader {
    fileprivate mutating func events(_ message: VLLMGenerateResponse) throws -> [SeenEvent] {
        try events(message.serializedBytes())
    }
}

extension WireFixture {
    fileprivate var dialect: EngineDialect {
        members["dialect"]?.string.flatMap(EngineDialect.init(rawValue:)) ?? .vllm
    }

    fileprivate var reader: GenerationReader {
        GenerationReader(dialect: dialect, request: request, endTokens: endTokens)
    }

    fileprivate var messages: [[UInt8]] { (members["messages"]?.elements ?? []).map(\.hex) }

    fileprivate var events: [SeenEvent] { (members["events"]?.elements ?? []).map { SeenEvent($0) } }
}
