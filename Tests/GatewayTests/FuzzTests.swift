import Gateway
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

/// Random damage to valid requests: whatever arrives, the gateway answers or closes, and goes on serving others.
struct FuzzTests {
    private static let seeds: [[UInt8]] = [
        HTTPRequests.chat(#","stream":true,"n":2,"stop":["a","b"],"logprobs":true,"top_logprobs":2"#),
        HTTPRequests.chat(#","max_tokens":3,"response_format":{"type":"json_object"},"seed":1"#),
        HTTPRequests.completion(#"["ab",[1,2]]"#, #","echo":true,"logprobs":1,"max_tokens":2,"stream":true"#),
        HTTPRequests.post("/tokenize", #"{"messages":[{"role":"user","content":"hé"}]}"#),
        HTTPRequests.post("/detokenize", #"{"tokens":[1,2,258]}"#), HTTPRequests.get("/v1/models/tiny"),
        HTTPRequests.get("/metrics", fields: "Connection: close\r\n"),
        Array("POST /tokenize HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"prompt\":\"a\"}\r\n0\r\n\r\n".utf8),
    ]
    private static let pieces: [[UInt8]] = [
        "\r\n", "\r\n\r\n", "\0", "\u{FF}", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "-1", "1e999",
        "99999999999999999999", "null", "{}", "[[[[", "\"", "\\u0000", "\\ud800", "HTTP/1.0",
        "Expect: 100-continue\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "CONNECT", "true", ",", "ffffffffffffffff",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0...8, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: if at < bytes.count { bytes[at] = .random(in: 0...255, using: &random) }
        case 1: bytes.removeSubrange(at..<end)
        case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.replaceSubrange(at..<end, with: Self.pieces.randomElement(using: &random) ?? [])
        default: bytes.removeSubrange(at...)
        }
    }

    @Test func answersOrClosesWhateverArrives() throws {
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            let fixture = GatewayFixture(contextTokens: 64) { $0.bodyBytes = 4096 }
            let client = try fixture.connect()
            var bytes = Self.seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            if Bool.random(using: &random) { bytes += Self.seeds.randomElement(using: &random) ?? [] }
            while !bytes.isEmpty {
                let count = Int.random(in: 1...bytes.count, using: &random)
                client.send(Array(bytes.prefix(count)))
                bytes.removeFirst(count)
                if Bool.random(using: &random) { fixture.step() }
            }
            fixture.settle()
            // What is still missing of the last request never comes.
            for _ in 0..<2 { fixture.state.sweep(Moment(nanoseconds: .max)) }
            fixture.loop.run()
            let running = fixture.metric("drover_requests_running")
            #expect(client.isClosed && fixture.state.count == 0 && running == "0", "seed \(seed)")
            // Except for HEAD, which a mutation hardly makes, every answer is framed so that a client can take it apart.
            let isFramed = (try? client.answers()) != nil || client.text.contains("HTTP/1.1 4")
            #expect(isFramed, "seed \(seed): \(client.text)")
        }
    }
}
