#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The date as HTTP writes it (RFC 9110, 5.6.7), made anew once a second.
package struct HTTPDate {
    private var second = -1
    private var text = ""

    package init() {}

    /// The date `second` seconds after 1970 began.
    package mutating func text(at second: Int) -> String {
        guard second != self.second else { return text }
        self.second = second
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        text =
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
        return text
    }
}
