import AccessKeys
import Gateway
import NIOHTTP1
import OpenAIAPI
import Synchronization

/// The authenticator of keys, with a count of how often it was asked.
final class CountingAuthenticator: Authenticator {
    static let userKey = "the-users-long-key"
    static let adminKey = "the-admins-long-key"
    static let metricsKey = "the-scrapers-long-key"

    private static let file = """
        alice \(userKey)
        root \(adminKey) admin
        scraper \(metricsKey) metrics
        """

    let store: KeyStore
    private let keys: KeyAuthenticator
    private let count = Atomic(0)

    init() throws {
        store = KeyStore(try KeyRing().adding(file: Array(Self.file.utf8)))
        keys = KeyAuthenticator(store)
    }

    var questions: Int { count.load(ordering: .relaxed) }

    func principal(of head: HTTPRequestHead) throws(APIError) -> Principal {
        count.add(1, ordering: .relaxed)
        return try keys.principal(of: head)
    }
}
