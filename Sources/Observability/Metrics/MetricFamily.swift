/// All series of one name, as Prometheus' text format groups them.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    enum Sample {
        case value(Double)
        case histogram(HistogramSnapshot)
    }

    struct Series: Sendable {
        /// `a="b",c="d"`, escaped; empty without labels.
        let labels: String
        let sample: @Sendable () -> Sample
    }

    let name: String
    private let help: String
    private let kind: Kind
    private var series: [Series]
    /// Gives series that come and go, beside the others.
    private let changing: (@Sendable () -> [LabelledValue])?

    init(
        name: String, help: String, kind: Kind, series: [Series], changing: (@Sendable () -> [LabelledValue])? = nil
    ) {
        precondition(Self.isName(name, allowingColons: true), "\(name) is not a metric's name")
        precondition(kind != .counter || name.hasSuffix("_total"), "the counter \(name) must end in _total")
        self.name = name
        self.help = help
        self.kind = kind
        self.series = series
        self.changing = changing
    }

    mutating func add(_ new: Series, kind: Kind, help: String) {
        precondition(kind == self.kind && help == self.help, "\(name) is made in two ways")
        precondition(!series.contains { $0.labels == new.labels }, "\(name){\(new.labels)} is made twice")
        series.append(new)
    }

    static func rendered(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { label in
            precondition(
                isName(label.key, allowingColons: false) && label.key != "le", "\(label.key) is not a label's name")
            return "\(label.key)=\"\(escaped(label.value, quotes: true))\""
        }.joined(separator: ",")
    }

    // MARK: Text

    func append(to bytes: inout [UInt8]) {
        bytes += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8
        for series in series {
            switch series.sample() {
            case .value(let value): appendLine("", series.labels, value, to: &bytes)
            case .histogram(let snapshot): append(snapshot, labels: series.labels, to: &bytes)
            }
        }
        for labelled in changing?() ?? [] {
            appendLine("", Self.rendered(labelled.labels), labelled.value, to: &bytes)
        }
    }

    private func append(_ snapshot: HistogramSnapshot, labels: String, to bytes: inout [UInt8]) {
        let lead = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (count, bound) in zip(snapshot.counts, snapshot.bounds + [.infinity]) {
            total += count
            appendLine("_bucket", "\(lead)le=\"\(Self.text(bound))\"", Double(total), to: &bytes)
        }
        appendLine("_sum", labels, snapshot.sum, to: &bytes)
        appendLine("_count", labels, Double(total), to: &bytes)
    }

    private func appendLine(_ suffix: String, _ labels: String, _ value: Double, to bytes: inout [UInt8]) {
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        bytes += "\(name)\(suffix)\(braces) \(Self.text(value))\n".utf8
    }

    /// A number as Prometheus reads it: without a fraction if it has none.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let integer = Int(exactly: value), abs(value) < 1e15 { return String(integer) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isName(_ name: String, allowingColons: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"): allowingColons
            default: false
            }
        }
    }
}
