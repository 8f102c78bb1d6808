import OpenAIAPI

extension BatchedRequest {
    /// Answers each request of a batch by itself, an error too: `{"results":[…]}`. A body that is no batch is answered
    /// alone.
    static func answer(
        _ body: [UInt8], with work: ([UInt8]) throws(APIError) -> [UInt8]
    ) throws(APIError) -> [UInt8] {
        guard let parts = try parts(of: body) else { return try work(body) }
        var results = Array(#"{"results":["#.utf8)
        for (at, part) in parts.enumerated() {
            if at > 0 { results.append(UInt8(ascii: ",")) }
            do throws(APIError) {
                results += try work(part)
            } catch {
                error.append(to: &results)
            }
        }
        results += "]}".utf8
        return results
    }
}
