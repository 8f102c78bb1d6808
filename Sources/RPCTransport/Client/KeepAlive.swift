import NIOCore

/// Decides when a silent server is asked whether it is there (PING), and when it counts as gone.
///
/// gRPC servers close connections that ask too often: stock ones allow two PINGs less than five minutes apart between
/// two answers. So PINGs of one silence come ever more rarely, and only while calls are open.
struct KeepAlive {
    enum Action: Equatable {
        case wait(until: NIODeadline)
        case ping(thenWaitUntil: NIODeadline)
        case dead
    }

    /// What gRPC servers take any number of PINGs at, and a little.
    private static let permitted = TimeAmount.seconds(310)
    /// So many PINGs of one silence may come sooner.
    private static let early = 3

    private let idle: TimeAmount
    private let timeout: TimeAmount
    private var heardAt: NIODeadline
    /// PINGs since the last HEADERS or DATA.
    private var pings = 0
    /// When the PING went out that is not answered.
    private var askedAt: NIODeadline?

    init(idle: TimeAmount, timeout: TimeAmount, now: NIODeadline) {
        self.idle = idle
        self.timeout = timeout
        heardAt = now
    }

    /// Anything came: the server is there.
    mutating func heard(now: NIODeadline) {
        heardAt = now
        askedAt = nil
    }

    /// An answer's HEADERS or DATA came: the server forgets what PINGs it had.
    mutating func answered() {
        pings = 0
    }

    /// To be called when the last action's time has come.
    mutating func due(now: NIODeadline, hasOpenCalls: Bool) -> Action {
        if let askedAt {
            let end = askedAt + timeout
            return now >= end ? .dead : .wait(until: end)
        }
        let silence = pings < Self.early ? idle * (1 << pings) : max(idle * (1 << Self.early), Self.permitted)
        let end = heardAt + silence
        // No longer than `idle`: an answer meanwhile makes the next PING due sooner.
        if now < end { return .wait(until: min(end, now + idle)) }
        guard hasOpenCalls else { return .wait(until: now + idle) }
        pings += 1
        askedAt = now
        return .ping(thenWaitUntil: now + timeout)
    }
}
