import FoundationEssentials

/// Times as ISO 8601 has them, in UTC.
enum ISOTimestamp {
    static func text(secondsSince1970 seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
