import JSONBytes

/// What a server told of itself when it was probed.
package struct HTTPUpstreamDescription: Sendable, Equatable {
    package struct Model: Sendable, Equatable {
        package var id: String
        /// The most tokens of prompt and completion together, where the server tells.
        package var contextTokens: Int?

        package init(id: String, contextTokens: Int? = nil) {
            self.id = id
            self.contextTokens = contextTokens
        }
    }

    /// In the server's order.
    package var models: [Model]
    package var software: UpstreamSoftware
    /// The program's own version, such as `0.11.0` or `b4719-abc`.
    package var version: String?

    package init(models: [Model], software: UpstreamSoftware, version: String? = nil) {
        self.models = models
        self.software = software
        self.version = version
    }

    /// Reads the answer to `GET /v1/models`: OpenAI's list, with vLLM's `max_model_len` or llama-server's `meta`.
    ///
    /// Returns nil if it is none.
    init?(models body: [UInt8], serverHeader: String?) {
        guard case .object(let list)? = try? JSONValue(parsing: body), let data = list.array("data") else { return nil }
        let objects = data.compactMap { if case .object(let object) = $0 { object } else { nil } }
        models = objects.compactMap { object in
            object.string("id").map {
                Model(
                    id: $0,
                    contextTokens: object.count("max_model_len") ?? object.object("meta")?.count("n_ctx_train"))
            }
        }
        software = UpstreamSoftware(
            modelOwner: objects.first?.string("owned_by"), serverHeader: serverHeader?.lowercased())
    }

    /// Takes in the answer of the program's own endpoint.
    mutating func add(versionBody body: [UInt8]) {
        guard case .object(let object)? = try? JSONValue(parsing: body) else { return }
        version = object.string("version") ?? object.string("build_info")
        // Nobody else tells a version at Ollama's place.
        if software == .unknown, version != nil { software = .ollama }
        // What llama-server gives to each request, rather than what the model was trained for.
        if software == .llamaServer, let slot = object.object("default_generation_settings")?.count("n_ctx") {
            for index in models.indices { models[index].contextTokens = slot }
        }
    }
}
