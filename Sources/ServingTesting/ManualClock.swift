package import ServingModel
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Sendable {
    private let moment: Mutex<Moment>

    package init(_ start: Moment = Moment(nanoseconds: 1_000_000_000)) { moment = Mutex(start) }

    package var now: Moment { moment.withLock { $0 } }

    /// Moves on by seconds, at least 0.
    package func advance(bySeconds seconds: Double) {
        moment.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}
