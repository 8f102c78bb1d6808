/// A moment as a clock on the wall shows it, for `strftime_now`.
package struct TemplateDate: Sendable, Equatable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let microsecond: Int

    /// The moment `secondsSince1970` in UTC, moved by `offsetSeconds` to local time.
    ///
    /// The civil date is computed by Howard Hinnant's `civil_from_days`. Years 1 to 9999; moments outside are moved in.
    package init(secondsSince1970: Int, offsetSeconds: Int = 0, microsecond: Int = 0) {
        let range = -62_135_596_800...253_402_300_799
        let clamped = min(max(secondsSince1970, range.lowerBound), range.upperBound)
        let local = min(max(clamped + min(max(offsetSeconds, -86_400), 86_400), range.lowerBound), range.upperBound)
        let days = Int((Double(local) / 86_400).rounded(.down))
        let seconds = local - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = seconds / 3600
        minute = seconds % 3600 / 60
        second = seconds % 60
        self.microsecond = min(max(microsecond, 0), 999_999)
    }

    private var isLeapYear: Bool { year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400) }

    /// From 1.
    private var dayOfYear: Int {
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return lengths.prefix(month - 1).reduce(day, +)
    }

    /// From 0, Sunday.
    private var weekday: Int {
        let before = year - 1
        return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
    }

    /// Python's `strftime` in the C locale; a directive that C does not know stays as it is.
    func formatted(_ format: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < format.count {
            guard format[at] == UInt8(ascii: "%"), at + 1 < format.count else {
                result.append(format[at])
                at += 1
                continue
            }
            // The C library's flag for numbers without zeros in front.
            let isUnpadded = format[at + 1] == UInt8(ascii: "-") && at + 2 < format.count
            let directive = format[isUnpadded ? at + 2 : at + 1]
            if let text = text(of: directive) {
                let kept = text.drop { isUnpadded && ($0 == "0" || $0 == " ") }
                result += (kept.isEmpty ? text.suffix(1) : kept).utf8
            } else {
                result += format[at..<at + (isUnpadded ? 3 : 2)]
            }
            at += isUnpadded ? 3 : 2
        }
        return result
    }

    private func text(of directive: UInt8) -> String? {
        switch directive {
        case UInt8(ascii: "a"): String(Self.weekdays[weekday].prefix(3))
        case UInt8(ascii: "A"): Self.weekdays[weekday]
        case UInt8(ascii: "b"), UInt8(ascii: "h"): String(Self.months[month - 1].prefix(3))
        case UInt8(ascii: "B"): Self.months[month - 1]
        case UInt8(ascii: "d"): padded(day)
        case UInt8(ascii: "e"): padded(day, with: " ")
        case UInt8(ascii: "m"): padded(month)
        case UInt8(ascii: "y"): padded(year % 100)
        case UInt8(ascii: "Y"): String(year)
        case UInt8(ascii: "C"): padded(year / 100)
        case UInt8(ascii: "H"): padded(hour)
        case UInt8(ascii: "I"): padded((hour + 11) % 12 + 1)
        case UInt8(ascii: "k"): padded(hour, with: " ")
        case UInt8(ascii: "l"): padded((hour + 11) % 12 + 1, with: " ")
        case UInt8(ascii: "M"): padded(minute)
        case UInt8(ascii: "S"): padded(second)
        case UInt8(ascii: "f"): padded(microsecond, to: 6)
        case UInt8(ascii: "p"): hour < 12 ? "AM" : "PM"
        case UInt8(ascii: "P"): hour < 12 ? "am" : "pm"
        case UInt8(ascii: "j"): padded(dayOfYear, to: 3)
        case UInt8(ascii: "u"): String(weekday == 0 ? 7 : weekday)
        case UInt8(ascii: "w"): String(weekday)
        case UInt8(ascii: "U"): padded((dayOfYear + 6 - weekday) / 7)
        case UInt8(ascii: "W"): padded((dayOfYear + 6 - (weekday + 6) % 7) / 7)
        case UInt8(ascii: "V"): padded(isoWeek.week)
        case UInt8(ascii: "G"): String(isoWeek.year)
        case UInt8(ascii: "g"): padded(isoWeek.year % 100)
        case UInt8(ascii: "F"): "\(year)-\(padded(month))-\(padded(day))"
        case UInt8(ascii: "T"), UInt8(ascii: "X"): "\(padded(hour)):\(padded(minute)):\(padded(second))"
        case UInt8(ascii: "R"): "\(padded(hour)):\(padded(minute))"
        case UInt8(ascii: "r"):
            "\(padded((hour + 11) % 12 + 1)):\(padded(minute)):\(padded(second)) \(hour < 12 ? "AM" : "PM")"
        case UInt8(ascii: "D"), UInt8(ascii: "x"): "\(padded(month))/\(padded(day))/\(padded(year % 100))"
        case UInt8(ascii: "c"):
            "\(Self.weekdays[weekday].prefix(3)) \(Self.months[month - 1].prefix(3)) \(padded(day, with: " ")) "
                + "\(padded(hour)):\(padded(minute)):\(padded(second)) \(year)"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "t"): "\t"
        case UInt8(ascii: "z"), UInt8(ascii: "Z"): ""
        case UInt8(ascii: "%"): "%"
        default: nil
        }
    }

    /// The week by ISO 8601, with the year that it belongs to.
    private var isoWeek: (year: Int, week: Int) {
        let fromMonday = (weekday + 6) % 7
        let week = (dayOfYear - 1 - fromMonday + 10) / 7
        if week < 1 { return (year - 1, Self.weeks(inYear: year - 1)) }
        if week > Self.weeks(inYear: year) { return (year + 1, 1) }
        return (year, week)
    }

    private static func weeks(inYear year: Int) -> Int {
        func lastWeekday(_ year: Int) -> Int { (year + year / 4 - year / 100 + year / 400) % 7 }
        return lastWeekday(year) == 4 || lastWeekday(year - 1) == 3 ? 53 : 52
    }

    private func padded(_ value: Int, to width: Int = 2, with fill: String = "0") -> String {
        let digits = String(value)
        return String(repeating: fill, count: max(0, width - digits.count)) + digits
    }

    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
