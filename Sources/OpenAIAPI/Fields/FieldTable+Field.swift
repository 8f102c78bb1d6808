package import JSONBytes
package import ServingModel

extension FieldTable {
    /// What the server does with a field.
    package enum Treatment: Sendable, Equatable {
        /// Decoded; what it does and the values it may have.
        case honoured(String)
        /// Accepted without effect, because none is needed.
        case ignored(String)
        /// Refused with a 400 that gives the reason, unless the value is one of those listed or null.
        case refused(String, unless: [JSONValue] = [])
    }

    /// How a kind of engine comes by what a honoured field asks for.
    package enum Support: Sendable, Equatable {
        /// It is asked for it as it is, or the field concerns the gateway alone.
        case honoured
        /// It is asked for it in other words.
        case translated(String)
        /// The gateway does it in its stead.
        case emulated(String)
        /// It does nearly what is asked for; what is different.
        case approximated(String)
        /// It does not take it: a 400 that names it and gives the reason, unless the value is one of those listed.
        case refused(String, unless: [JSONValue] = [])
    }

    /// One field of one endpoint. Members of objects are named by path; `[]` stands for any index.
    package struct Field: Sendable {
        package let name: String
        package let treatment: Treatment
        /// The kinds of engines for which a honoured field is more than just honoured.
        package let differences: [EngineKind: Support]

        init(_ name: String, _ treatment: Treatment, _ differences: [EngineKind: Support] = [:]) {
            self.name = name
            self.treatment = treatment
            self.differences = differences
        }

        package func support(by engine: EngineKind) -> Support { differences[engine] ?? .honoured }

        /// Whether a value of an honoured field is to be decoded for an engine; if not, it is as good as absent.
        /// Throws a 400 if the engine does not take it. O(1) for most fields.
        func takes(_ value: JSONValue, for engine: EngineKind, param: String) throws(APIError) -> Bool {
            if differences.isEmpty { return true }
            switch support(by: engine) {
            case .honoured, .translated, .emulated, .approximated: return true
            case .refused(let reason, let allowed):
                if allowed.contains(value) { return false }
                throw .unsupported(param, by: engine, because: reason)
            }
        }
    }

    /// The same for every engine that takes tokens.
    static func tokenEngines(_ support: Support) -> [EngineKind: Support] {
        remoteTokenEngines(support).merging([.embedded: support]) { $1 }
    }

    /// The same for every engine that takes tokens over gRPC.
    static func remoteTokenEngines(_ support: Support) -> [EngineKind: Support] {
        [.vllm: support, .sglang: support, .trtllm: support]
    }
}
