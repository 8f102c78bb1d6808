private import JSONBytes
import Logging

/// One record, ready to be written.
struct LogRecord {
    let time: WallTime
    let level: String
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// Metadata keys whose values are secrets, in lower case, at any depth.
    private static let secretKeys: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "api-key", "api_key", "apikey", "x-api-key",
        "password", "secret", "credentials",
    ]

    func appendText(to line: inout [UInt8]) {
        line += "\(time.text) \(level) \(label): ".utf8
        line += Self.isPlain(message, allowingSpaces: true) ? Array(message.utf8) : Self.quoted(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let text = Self.json(value, of: key)
            line.append(UInt8(ascii: " "))
            line += Self.isPlain(key, allowingSpaces: false) ? Array(key.utf8) : Self.quoted(key)
            line.append(UInt8(ascii: "="))
            if case .string(let string) = text, Self.isPlain(string, allowingSpaces: false) {
                line += string.utf8
            } else {
                line += text.bytes
            }
        }
    }

    func appendJSON(to line: inout [UInt8]) {
        var object = JSONObject([
            ("time", .string(time.text)), ("level", .string(level)), ("logger", .string(label)),
            ("message", .string(message)),
        ])
        if !metadata.isEmpty { object["metadata"] = Self.json(metadata) }
        line += JSONValue.object(object).bytes
    }

    private static func json(_ metadata: Logger.Metadata) -> JSONValue {
        .object(JSONObject(metadata.sorted { $0.key < $1.key }.map { ($0.key, json($0.value, of: $0.key)) }))
    }

    private static func json(_ value: Logger.Metadata.Value, of key: String) -> JSONValue {
        secretKeys.contains(key.lowercased()) ? "<secret>" : json(value)
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map { json($0) })
        case .dictionary(let metadata): json(metadata)
        }
    }

    /// Whether text can stand in a line as it is, without quotation marks.
    private static func isPlain(_ text: String, allowingSpaces: Bool) -> Bool {
        if allowingSpaces { return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        return !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    }

    private static func quoted(_ text: String) -> [UInt8] { JSONValue.string(text).bytes }
}
