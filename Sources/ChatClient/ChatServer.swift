import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// An OpenAI-compatible server, spoken to over HTTP or HTTPS.
package struct ChatServer: Sendable {
    private let url: ServerURL
    private let apiKey: String?
    private let limits: ChatLimits
    private let client: HTTPClient

    /// Runs `body` with a server whose connections are closed when it returns.
    ///
    /// The key, if there is one, goes to this server alone: redirects are not followed.
    package static func with<Result>(
        _ url: ServerURL, apiKey: String?, limits: ChatLimits, _ body: (ChatServer) async throws -> Result
    ) async throws -> Result {
        limits.check()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(limits.connectSeconds), read: .seconds(limits.idleSeconds))
        // A person waits, and wants to know at once that nobody listens.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(ChatServer(url: url, apiKey: apiKey, limits: limits, client: client))
        }
    }

    /// The ids of the models that the server lists.
    ///
    /// - Throws: `ChatFailure`, and `CancellationError`.
    package func models() async throws -> [String] {
        try await failing {
            try ModelList.parse(try await whole(client.execute(request("models"), deadline: .distantFuture)))
        }
    }

    /// Posts a request's body and hands on the answer, piece by piece.
    ///
    /// Returns when the answer is complete. An error of `receive` ends the request and is thrown as it is. A cancelled
    /// task closes the connection, upon which a server stops to generate, and throws `CancellationError`.
    ///
    /// - Throws: `ChatFailure`, `CancellationError`, and what `receive` throws.
    package func answer(_ body: [UInt8], _ receive: (ChatChunk) throws -> Void) async throws {
        var request = request("chat/completions")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "text/event-stream")
        request.body = .bytes(body, length: .known(Int64(body.count)))
        let response = try await failing { try await client.execute(request, deadline: .distantFuture) }
        let type = response.headers.first(name: "content-type") ?? ""
        guard response.status == .ok, type.lowercased().hasPrefix("text/event-stream") else {
            let body = try await failing { try await whole(response) }
            return try receive(try ChatChunk(parsing: body))
        }
        try await stream(response.body, receive)
    }

    private func stream(_ body: HTTPClientResponse.Body, _ receive: (ChatChunk) throws -> Void) async throws {
        var splitter = EventStreamSplitter(limits: limits)
        var chunks = body.makeAsyncIterator()
        var received = 0
        var isFinished = false
        while true {
            let next: ByteBuffer?
            do {
                next = try await chunks.next()
            } catch {
                throw meaning(of: error)
            }
            guard let buffer = next else { break }
            received += buffer.readableBytes
            try check(received)
            for event in try splitter.append(buffer.readableBytesView) {
                if event.data.elementsEqual("[DONE]".utf8) { return }
                let chunk = try ChatChunk(parsing: event.data)
                isFinished = isFinished || chunk.finishReason != nil
                try receive(chunk)
            }
        }
        guard isFinished else { throw ChatFailure.broken("the server closed the stream before its end") }
    }

    private func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.appending(path))
        request.headers.add(name: "user-agent", value: "drover")
        if let apiKey { request.headers.add(name: "authorization", value: "Bearer \(apiKey)") }
        return request
    }

    /// The whole body of a response whose status is 200; the message of any other is thrown.
    private func whole(_ response: HTTPClientResponse) async throws -> [UInt8] {
        guard response.status == .ok else { throw try await refusal(response) }
        var body: [UInt8] = []
        for try await buffer in response.body {
            try check(body.count + buffer.readableBytes)
            body.append(contentsOf: buffer.readableBytesView)
        }
        return body
    }

    private func check(_ responseBytes: Int) throws(ChatFailure) {
        if responseBytes > limits.responseBytes { throw .tooLarge(limit: "response", bytes: limits.responseBytes) }
    }

    /// What a response of another status than 200 says; of a long one, its beginning.
    private func refusal(_ response: HTTPClientResponse) async throws -> ChatFailure {
        var body: [UInt8] = []
        for try await buffer in response.body {
            body.append(contentsOf: buffer.readableBytesView.prefix(limits.errorBytes - body.count))
            if body.count == limits.errorBytes { break }
        }
        let status = Int(response.status.code)
        if let location = response.headers.first(name: "location"), (300..<400).contains(status) {
            return .refused(status: status, message: "it has moved to \(location)")
        }
        return .refused(status: status, message: ServerMessage.of(body: body))
    }

    /// Runs a part of the transport, whose errors get their meaning.
    private func failing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw meaning(of: error)
        }
    }

    /// The `ChatFailure` that an error of the transport means, or a cancellation.
    private func meaning(of error: any Error) -> any Error {
        if error is ChatFailure { return error }
        if Task.isCancelled { return CancellationError() }
        return TransportError.failure(error, url: url, limits: limits)
    }
}

extension TimeAmount {
    fileprivate static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
