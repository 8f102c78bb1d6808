package import AccessKeys
package import NIOHTTP1
package import OpenAIAPI

/// Tells who makes a request, when nothing but its head has arrived.
///
/// It is asked once a request, on the connection's event loop: it must not block, and every request waits for it.
package protocol Authenticator: Sendable {
    /// Who makes the request; throws the 401 that it is answered with, which must not repeat a secret.
    func principal(of head: HTTPRequestHead) throws(APIError) -> Principal
}
