/// What a connection tells its owner; one owner a connection, everything on the connection's event loop.
///
/// The owner may call the connection's verbs inside of these, also for the call at hand. The connection refers to its
/// owner weakly: an owner that goes away closes its connection first.
package protocol RPCClientOwner: AnyObject {
    /// Takes one whole message. The bytes are valid during the call.
    func received(_ message: UnsafeRawBufferPointer, of call: RPCCall)

    /// Comes exactly once a call that is not cancelled; nothing of the call comes after it, and nothing of it comes
    /// inside of `begin` or `close`.
    func ended(_ call: RPCCall, _ status: RPCStatus)

    /// Follows each socket read, or other occasion, that brought `received` or `ended`. What the owner has begun by the
    /// end of it goes out in one write.
    func readCompleted()

    /// The connection is gone; every open call got `ended` before. Comes once, and only if connecting had succeeded.
    func closed(_ reason: String)

    /// The server sent GOAWAY, or stream ids have run out: open calls go on, new ones need another connection.
    func refusesNewCalls()
}
