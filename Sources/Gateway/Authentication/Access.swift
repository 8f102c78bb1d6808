import AccessKeys
import OpenAIAPI

/// What it takes to be served at a path.
enum Access {
    /// Nothing: probes of an orchestrator carry no keys.
    case open
    case metrics
    case use
    case administer

    private func isGranted(to role: KeyRole) -> Bool {
        switch (self, role) {
        case (.open, _), (_, .admin), (.use, .user), (.metrics, .metrics): true
        default: false
        }
    }

    /// Throws if the key that came with a request does not open this.
    func check(_ principal: Principal) throws(APIError) {
        guard isGranted(to: principal.role) else { throw .insufficientKey }
    }
}
