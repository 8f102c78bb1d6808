/// The exact decimal value of a float, and its correct rounding.
struct ExactDecimal {
    /// Decimal digits, the most significant first, without zeros in front.
    private var digits: [UInt8]
    /// How many of the digits stand before the point; may be negative.
    private var point: Int

    /// Expands a finite, not negative value.
    private init(_ value: Double) {
        guard value != 0 else {
            digits = []
            point = 0
            return
        }
        // value = significand · 2^exponent
        var significand = UInt64(value.significandBitPattern)
        var exponent = Int(value.exponentBitPattern)
        if exponent == 0 { exponent = 1 } else { significand |= 1 << 52 }
        exponent -= 1075
        while exponent < 0, significand & 1 == 0 {
            significand >>= 1
            exponent += 1
        }
        // Little-endian limbs of 10^9; a negative exponent is 5^n with the point n places to the left.
        var limbs: [UInt64] = []
        while significand > 0 {
            limbs.append(significand % 1_000_000_000)
            significand /= 1_000_000_000
        }
        for _ in 0..<abs(exponent) {
            var carry: UInt64 = 0
            for at in limbs.indices {
                let product = limbs[at] * (exponent < 0 ? 5 : 2) + carry
                limbs[at] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { limbs.append(carry) }
        }
        digits = []
        for limb in limbs.reversed() {
            let text = String(limb).utf8
            if !digits.isEmpty { digits += repeatElement(0, count: 9 - text.count) }
            digits += text.map { $0 - 48 }
        }
        point = digits.count + min(exponent, 0)
    }

    /// Keeps `count` digits (none if it is not positive), rounding halves to the even digit.
    private mutating func round(keeping count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let next = digits[count]
        let isExactHalf = next == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
        let isOdd = count > 0 && digits[count - 1] & 1 == 1
        let isUp = next > 5 || next == 5 && (!isExactHalf || isOdd)
        digits.removeSubrange(count...)
        guard isUp else { return }
        var at = count - 1
        while at >= 0, digits[at] == 9 {
            digits[at] = 0
            at -= 1
        }
        if at >= 0 {
            digits[at] += 1
        } else {
            digits.insert(1, at: 0)
            point += 1
        }
    }

    /// `%.<digits>f` of a finite value.
    static func fixed(_ value: Double, digits count: Int) -> String {
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(keeping: decimal.point + count)
        var text = value.sign == .minus ? "-" : ""
        for at in 0..<max(decimal.point, 1) { text += decimal.digit(at - max(1 - decimal.point, 0)) }
        if count > 0 { text += "." }
        for at in 0..<count { text += decimal.digit(decimal.point + at) }
        return text
    }

    /// `%.<digits>e` of a finite value.
    static func scientific(_ value: Double, digits count: Int) -> String {
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(keeping: count + 1)
        let exponent = decimal.digits.isEmpty ? 0 : decimal.point - 1
        var text = (value.sign == .minus ? "-" : "") + decimal.digit(0) + (count > 0 ? "." : "")
        for at in 0..<count { text += decimal.digit(at + 1) }
        let size = String(exponent.magnitude)
        return text + "e" + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" : "") + size
    }

    /// Python's `round(value, precision)`.
    static func rounded(_ value: Double, precision: Int) -> Double {
        guard value.isFinite else { return value }
        if precision >= 0 { return Double(fixed(value, digits: precision)) ?? value }
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(keeping: decimal.point + precision)
        let digits = decimal.digits.map { String($0) }.joined()
        let zeros = decimal.point - decimal.digits.count
        let magnitude = digits.isEmpty ? 0 : Double("\(digits)e\(zeros)") ?? 0
        return value.sign == .minus ? -magnitude : magnitude
    }

    private func digit(_ position: Int) -> String {
        digits.indices.contains(position) ? String(digits[position]) : "0"
    }
}
