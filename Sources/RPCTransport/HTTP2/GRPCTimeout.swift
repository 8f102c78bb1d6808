/// The header `grpc-timeout`: at most eight digits and a unit.
enum GRPCTimeout {
    private static let most = 99_999_999.0

    /// The header's value; rounds up, so that the server does not give up first.
    static func text(seconds: Double) -> String {
        let milliseconds = max(1, (seconds * 1000).rounded(.up))
        if milliseconds <= most { return "\(Int(milliseconds))m" }
        return "\(Int(min(most, seconds.rounded(.up))))S"
    }

    /// Seconds, or nil for what is no timeout.
    static func seconds(_ text: String) -> Double? {
        guard let unit = text.utf8.last, (2...9).contains(text.utf8.count), let value = UInt32(text.dropLast()) else {
            return nil
        }
        switch unit {
        case UInt8(ascii: "H"): return Double(value) * 3600
        case UInt8(ascii: "M"): return Double(value) * 60
        case UInt8(ascii: "S"): return Double(value)
        case UInt8(ascii: "m"): return Double(value) / 1e3
        case UInt8(ascii: "u"): return Double(value) / 1e6
        case UInt8(ascii: "n"): return Double(value) / 1e9
        default: return nil
        }
    }
}
