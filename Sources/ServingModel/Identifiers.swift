/// A request's number within one process; the engine and the gateway know the request by it.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
}

/// A token of a model's vocabulary.
package struct TokenID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: Int32
    @inlinable package init(_ rawValue: Int32) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (left: TokenID, right: TokenID) -> Bool { left.rawValue < right.rawValue }
}

/// The name under which clients ask for a model.
package struct ModelID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// A worker's address, by which it is told from others.
package struct WorkerID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// A point on the process's monotonic clock, in nanoseconds. Decisions are handed the time; they never read a clock.
package struct Moment: Hashable, Sendable, Comparable {
    package var nanoseconds: UInt64
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// `seconds` after this moment; seconds are at least 0.
    package func advanced(bySeconds seconds: Double) -> Moment {
        Moment(nanoseconds: nanoseconds &+ UInt64(seconds * 1e9))
    }

    /// Seconds from `earlier` to this moment; 0 if it is not earlier.
    package func seconds(since earlier: Moment) -> Double {
        nanoseconds > earlier.nanoseconds ? Double(nanoseconds - earlier.nanoseconds) * 1e-9 : 0
    }
}
