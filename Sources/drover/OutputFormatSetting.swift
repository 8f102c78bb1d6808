import OutputParsing

/// Which format a model's answers are read as.
enum OutputFormatSetting {
    /// The one that the model's file tells, if it does.
    case auto
    /// Answers are text and nothing else.
    case none
    case named(OutputFormat)

    init(_ reader: SettingReader) throws(SettingError) {
        switch reader.text(.outputFormat) {
        case nil, "auto"?: self = .auto
        case "none"?: self = .none
        case let name?:
            guard let format = OutputFormat.named(name) else {
                let names = (["auto", "none"] + OutputFormat.all.map(\.name)).joined(separator: ", ")
                throw SettingError(key: .outputFormat, value: name, allowed: "one of \(names)")
            }
            self = .named(format)
        }
    }

    /// The format, where the model's file tells `found`.
    func format(found: OutputFormat?) -> OutputFormat? {
        switch self {
        case .auto: found
        case .none: nil
        case .named(let format): format
        }
    }
}
