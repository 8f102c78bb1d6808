package import NIOCore
package import ServingModel

/// What the connections of one event loop share.
// @unchecked because everything is touched on that loop alone.
package final class LoopState: @unchecked Sendable {
    let outlet: EventOutlet
    private var connections: [ObjectIdentifier: any ClientConnection] = [:]
    /// Fulfilled when the last connection has ended.
    private var emptied: EventLoopPromise<Void>?
    private var bodyBytes = 0
    private var date = HTTPDate()
    private var idState: UInt64

    package init(loop: any EventLoop) {
        outlet = EventOutlet(loop: loop)
        var random = SystemRandomNumberGenerator()
        idState = random.next()
    }

    func add(_ connection: any ClientConnection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: any ClientConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty { emptied?.succeed() }
    }

    /// Open connections.
    package var count: Int { connections.count }

    /// Counts bytes of request bodies that are held; false, and they are not, if that is more than the limit.
    func holdBody(_ bytes: Int, limit: Int) -> Bool {
        guard bodyBytes + bytes <= limit else { return false }
        bodyBytes += bytes
        return true
    }

    func releaseBody(_ bytes: Int) { bodyBytes -= bytes }

    /// Ends what has lasted too long.
    package func sweep(_ now: Moment) {
        for connection in Array(connections.values) { connection.checkDeadline(now) }
    }

    /// Closes connections as they fall idle; breaks off after `seconds` what is still being answered.
    package func drain(seconds: Double) -> EventLoopFuture<Void> {
        for connection in Array(connections.values) { connection.drain() }
        guard !connections.isEmpty else { return outlet.loop.makeSucceededVoidFuture() }
        let emptied = outlet.loop.makePromise(of: Void.self)
        self.emptied = emptied
        let limit = outlet.loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
            for connection in Array(self.connections.values) { connection.breakOff() }
        }
        emptied.futureResult.whenComplete { _ in limit.cancel() }
        return emptied.futureResult
    }

    func dateText() -> String { date.text(at: WallClock.secondsSince1970) }

    /// 24 hexadecimal digits that no other request has: from the splitmix64 generator, as the system's own costs a
    /// system call each time.
    func newID() -> String {
        let high = next()
        let low = UInt32(truncatingIfNeeded: next())
        let digits = String(high, radix: 16) + String(low, radix: 16)
        return String(repeating: "0", count: 24 - digits.utf8.count) + digits
    }

    private func next() -> UInt64 {
        idState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = idState
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
