/// One `%…` of a format string.
struct PercentDirective {
    var specification = FormatSpecification()
    private(set) var name: Text?
    private(set) var takesWidth = false
    private(set) var takesPrecision = false
    private(set) var conversion: UInt8 = 0
    /// The offset behind the directive.
    private(set) var end: Int

    init(_ bytes: [UInt8], at start: Int, renderer: borrowing Renderer) throws(TemplateError) {
        end = start
        func byte(_ at: Int) throws(TemplateError) -> UInt8 {
            guard at < bytes.count else { throw renderer.fail("incomplete format") }
            return bytes[at]
        }
        if try byte(end) == UInt8(ascii: "(") {
            guard let close = bytes[end...].firstIndex(of: UInt8(ascii: ")")) else {
                throw renderer.fail("incomplete format key")
            }
            name = Text(Array(bytes[end + 1..<close]), .template)
            end = close + 1
        }
        flags: while true {
            switch try byte(end) {
            case UInt8(ascii: "-"): specification.alignment = .left
            case UInt8(ascii: "+"): specification.positiveSign = "+"
            case UInt8(ascii: " "): if specification.positiveSign.isEmpty { specification.positiveSign = " " }
            case UInt8(ascii: "#"): specification.hasPrefix = true
            case UInt8(ascii: "0"):
                if specification.alignment == nil {
                    specification.alignment = .afterSign
                    specification.fill = Text("0", .template)
                }
            default: break flags
            }
            end += 1
        }
        if specification.alignment == .left { specification.fill = Text(" ", .template) }
        func number() throws(TemplateError) -> Int {
            var value = 0
            while case let digit = try byte(end), (48...57).contains(digit) {
                value = value * 10 + Int(digit - 48)
                guard value <= 1 << 24 else { throw renderer.fail("width too big") }
                end += 1
            }
            return value
        }
        takesWidth = try byte(end) == UInt8(ascii: "*")
        if takesWidth { end += 1 } else { specification.width = try number() }
        if try byte(end) == UInt8(ascii: ".") {
            end += 1
            takesPrecision = try byte(end) == UInt8(ascii: "*")
            if takesPrecision { end += 1 } else { specification.precision = try number() }
        }
        while [UInt8(ascii: "l"), UInt8(ascii: "h"), UInt8(ascii: "L")].contains(try byte(end)) { end += 1 }
        conversion = try byte(end)
        guard "srcadiuxXoeEfFgG%".utf8.contains(conversion) else {
            throw renderer.fail("unsupported format character '\(Unicode.Scalar(conversion))'")
        }
        specification.type = conversion
        if "sracC".utf8.contains(conversion), specification.alignment == .afterSign {
            specification.alignment = .right
            specification.fill = Text(" ", .template)
        }
        end += 1
    }

    mutating func setWidth(_ width: Int) {
        if width < 0 { specification.alignment = .left }
        specification.width = Int(min(width.magnitude, 1 << 30))
    }
}
