package import NIOHTTP1
package import OpenAIAPI

/// What a request's method and path ask for.
package enum Route: Equatable {
    case chatCompletions
    case completions
    case embeddings
    case score
    case rerank
    case abort
    case flushCache
    case startProfile
    case stopProfile
    case tokenize
    case detokenize
    case count
    case render
    case models
    case model(String)
    case health
    case readiness
    case workers
    case metrics

    /// Whether an engine is needed to serve it.
    private var needsEngine: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings, .score, .rerank, .abort, .flushCache, .startProfile,
            .stopProfile:
            true
        default: false
        }
    }

    /// What it takes to be served.
    private var access: Access {
        switch self {
        case .health, .readiness: .open
        case .workers, .metrics: .metrics
        case .flushCache, .startProfile, .stopProfile: .administer
        default: .use
        }
    }

    /// Whether it concerns the workers; programs ask for these without a body and its type.
    private var isOrder: Bool { access == .administer }

    /// What it takes to be served at a request's path. Paths that are not there say so to those who may use the others.
    static func access(to head: HTTPRequestHead) -> Access { entry(path(of: head))?.0.access ?? .use }

    /// The route, or the error to answer with. Without an engine some are not there.
    package static func find(_ head: HTTPRequestHead, withEngine: Bool = true) throws(APIError) -> Route {
        let path = path(of: head)
        guard let (route, methods) = entry(path), withEngine || !route.needsEngine else {
            throw .notFound(method: head.method.rawValue, path: path)
        }
        guard methods.contains(head.method.rawValue) else {
            throw .methodNotAllowed(method: head.method.rawValue, path: path, allowed: methods)
        }
        if methods == ["POST"], !route.isOrder || !isBare(head) { try checkContentType(head) }
        return route
    }

    private static func path(of head: HTTPRequestHead) -> String { String(head.uri.prefix { $0 != "?" }) }

    private static func entry(_ path: String) -> (Route, methods: [String])? {
        switch path {
        case "/v1/chat/completions": return (.chatCompletions, ["POST"])
        case "/v1/completions": return (.completions, ["POST"])
        case "/v1/embeddings": return (.embeddings, ["POST"])
        case "/v1/score", "/score": return (.score, ["POST"])
        case "/v1/rerank", "/v2/rerank", "/rerank": return (.rerank, ["POST"])
        case "/v1/abort": return (.abort, ["POST"])
        case "/flush_cache": return (.flushCache, ["POST"])
        case "/start_profile": return (.startProfile, ["POST"])
        case "/stop_profile": return (.stopProfile, ["POST"])
        case "/v1/tokenize", "/tokenize": return (.tokenize, ["POST"])
        case "/v1/detokenize", "/detokenize": return (.detokenize, ["POST"])
        case "/v1/count": return (.count, ["POST"])
        case "/v1/render": return (.render, ["POST"])
        case "/v1/models": return (.models, ["GET", "HEAD"])
        case "/health": return (.health, ["GET", "HEAD"])
        case "/readiness": return (.readiness, ["GET", "HEAD"])
        case "/workers": return (.workers, ["GET", "HEAD"])
        case "/metrics": return (.metrics, ["GET", "HEAD"])
        default:
            guard path.hasPrefix("/v1/models/") else { return nil }
            return (.model(decodePercent(path.dropFirst("/v1/models/".count))), ["GET", "HEAD"])
        }
    }

    /// A browser sends other types, or none, to any address without asking; requiring JSON keeps strange pages out.
    private static func checkContentType(_ head: HTTPRequestHead) throws(APIError) {
        let type = head.headers.first(name: "content-type") ?? "of no type"
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        if essence != "application/json" { throw .unsupportedMediaType(type) }
    }

    /// Whether a request names no type and comes from no browser, which would say for which page it asks.
    private static func isBare(_ head: HTTPRequestHead) -> Bool {
        !head.headers.contains(name: "content-type") && !head.headers.contains(name: "origin")
    }

    private static func decodePercent(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let hex = rest.prefix(2)
            if byte == UInt8(ascii: "%"), hex.count == 2,
                let value = UInt8(String(decoding: hex, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
