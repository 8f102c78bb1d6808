import ChatTemplates
import Dispatch
package import ServingModel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The clocks that the gateway reads on behalf of the modules below it, which read none.
package enum WallClock {
    /// The process's monotonic clock.
    package static var now: Moment { Moment(nanoseconds: DispatchTime.now().uptimeNanoseconds) }

    /// Seconds since 1970.
    package static var secondsSince1970: Int { time(nil) }

    /// The local date and time as chat templates ask for it.
    static var templateDate: TemplateDate {
        var seconds = time(nil)
        var local = tm()
        localtime_r(&seconds, &local)
        return TemplateDate(secondsSince1970: seconds, offsetSeconds: local.tm_gmtoff)
    }
}
