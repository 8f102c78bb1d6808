import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension HTTPUpstream {
    /// Asks the server for its models, and by what they tell for the program's version.
    ///
    /// - Throws: `HTTPUpstreamError` if it lists no models within the time; a missing version is no error.
    package func describe(timeoutSeconds: Double) async throws(HTTPUpstreamError) -> HTTPUpstreamDescription {
        let deadline = NIODeadline.now() + .seconds(timeoutSeconds)
        let models = try await get("/v1/models", deadline: deadline)
        guard models.status == 200 else { throw .refused(status: models.status, path: "/v1/models") }
        guard var description = HTTPUpstreamDescription(models: models.body, serverHeader: models.server) else {
            throw .foreign("its list of models is no JSON object with an array 'data'")
        }
        if let path = description.software.versionPath,
            let version = try? await get(path, deadline: deadline), version.status == 200
        {
            description.add(versionBody: version.body)
        }
        return description
    }

    /// Whether the server says that it is well, at `/health` or, where it has no such place, by listing its models.
    package func isHealthy(timeoutSeconds: Double) async -> Bool {
        let deadline = NIODeadline.now() + .seconds(timeoutSeconds)
        guard let health = try? await get("/health", deadline: deadline) else { return false }
        guard [404, 405, 501].contains(health.status) else { return (200..<300).contains(health.status) }
        return (try? await get("/v1/models", deadline: deadline))?.status == 200
    }

    private func get(
        _ path: String, deadline: NIODeadline
    ) async throws(HTTPUpstreamError) -> (status: Int, server: String?, body: [UInt8]) {
        try await ask(HTTPClientRequest(url: address.base + path), path, deadline)
    }

    /// Sends JSON to the server itself, and not for a client.
    func post(
        _ path: String, _ body: [UInt8], deadline: NIODeadline
    ) async throws(HTTPUpstreamError) -> (status: Int, server: String?, body: [UInt8]) {
        var request = HTTPClientRequest(url: address.base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await ask(request, path, deadline)
    }

    private func ask(
        _ request: HTTPClientRequest, _ path: String, _ deadline: NIODeadline
    ) async throws(HTTPUpstreamError) -> (status: Int, server: String?, body: [UInt8]) {
        var request = request
        for (name, value) in HeaderPassing.own(key: address.apiKey) { request.headers.add(name: name, value: value) }
        do {
            let response = try await anyClient.execute(request, deadline: deadline)
            let body = try await response.body.collect(upTo: limits.probeBytes)
            return (Int(response.status.code), response.headers.first(name: "server"), Array(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw .foreign("its answer to \(path) has more than \(limits.probeBytes) bytes")
        } catch {
            throw .unreachable(TransportFault.of(error, limits: limits).reason)
        }
    }
}
