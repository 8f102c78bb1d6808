package import EngineWire
package import RPCTransport
package import ServingModel

extension RemoteEngine {
    /// What is driven, and how.
    package struct Subject: Sendable {
        package var card: EngineCard
        package var dialect: EngineDialect
        package var endpoint: RPCEndpoint
        /// The model's end-of-sequence tokens.
        package var endTokens: [TokenID]
        /// What the ids that the engine sees begin with; no other client of the engine uses it.
        package var idPrefix: String
        package var limits: RemoteEngineLimits

        package init(
            card: EngineCard, dialect: EngineDialect, endpoint: RPCEndpoint, endTokens: [TokenID], idPrefix: String,
            limits: RemoteEngineLimits = RemoteEngineLimits()
        ) {
            self.card = card
            self.dialect = dialect
            self.endpoint = endpoint
            self.endTokens = endTokens
            self.idPrefix = idPrefix
            self.limits = limits
        }

        /// What the engine knows a request by.
        ///
        /// Of a fixed width: SGLang aborts every request whose name begins with the one it is given.
        func wireID(of request: RequestID) -> String {
            let digits = String(request.rawValue, radix: 16)
            return idPrefix + String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
    }
}
