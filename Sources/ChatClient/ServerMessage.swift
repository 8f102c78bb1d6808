import JSONBytes

/// The sentence in which a server says what went wrong, wherever it puts it.
package enum ServerMessage {
    /// The longest text that is shown of a body that is not JSON, in characters.
    static let shownCharacters = 200

    /// The message of an error response: OpenAI's form, its relatives, or the first line of anything else.
    package static func of(body: [UInt8]) -> String {
        if let object = try? JSONValue(parsing: body).object {
            let message = error(in: object) ?? (object["message"] ?? object["detail"]).map(text)
            if let message, !message.isEmpty { return message }
        }
        let lines = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return "without a message" }
        return first.count > shownCharacters ? first.prefix(shownCharacters) + "…" : String(first)
    }

    /// The message of an object with an `error` that is not null; nil if it has none.
    static func error(in object: JSONObject) -> String? {
        guard let error = object["error"], error != .null else { return nil }
        return text(error.object?["message"] ?? error)
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? value.text }
}
