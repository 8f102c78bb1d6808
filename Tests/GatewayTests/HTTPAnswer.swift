import JSONBytes

/// A response taken apart as a strict client does.
struct HTTPAnswer: Equatable {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    var status = 0
    var fields: [String: String] = [:]
    var body: [UInt8] = []
    /// Whether the end of the body has arrived.
    var isWhole = true

    init() {}

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue {
        get throws { try JSONValue(parsing: body) }
    }

    /// The data of the server-sent events.
    var events: [String] {
        get throws {
            guard text.isEmpty || text.hasSuffix("\n\n") else { throw Malformed("an event does not end") }
            return try text.dropLast(2).split(separator: "\n\n", omittingEmptySubsequences: false).map { event in
                guard event.hasPrefix("data: "), !event.contains("\n") else {
                    throw Malformed("not an event: \(event)")
                }
                return String(event.dropFirst(6))
            }
        }
    }

    static func parse(_ bytes: [UInt8], heads: [Bool], isEnded: Bool) throws -> [HTTPAnswer] {
        var rest = bytes[...]
        var answers: [HTTPAnswer] = []
        while !rest.isEmpty {
            let answer = try HTTPAnswer(
                from: &rest, isHead: answers.count < heads.count && heads[answers.count], isEnded)
            if answer.status != 100 { answers.append(answer) }
        }
        return answers
    }

    private init(from rest: inout ArraySlice<UInt8>, isHead: Bool, _ isEnded: Bool) throws {
        let parts = try Self.line(&rest).split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Malformed("not a status line: \(parts)")
        }
        self.status = status
        while true {
            let line = try Self.line(&rest)
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":"), line[line.index(after: colon)...].hasPrefix(" ") else {
                throw Malformed("not a field: \(line)")
            }
            let name = line[..<colon].lowercased()
            let value = String(line[line.index(colon, offsetBy: 2)...])
            if fields.updateValue(value, forKey: name) != nil { throw Malformed("\(name) is there twice") }
        }
        if status == 100 || isHead { return }
        if let length = fields["content-length"].flatMap({ Int($0) }) {
            guard fields["transfer-encoding"] == nil else { throw Malformed("two framings") }
            isWhole = rest.count >= length
            body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        } else if fields["transfer-encoding"] == "chunked" {
            try takeChunks(&rest)
        } else {
            body = Array(rest)
            rest = []
            isWhole = isEnded
        }
    }

    private mutating func takeChunks(_ rest: inout ArraySlice<UInt8>) throws {
        isWhole = false
        while !rest.isEmpty {
            guard let size = Int(try Self.line(&rest), radix: 16) else { throw Malformed("not a chunk's size") }
            guard rest.count >= size + 2 else { throw Malformed("a chunk is cut") }
            body += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard try Self.line(&rest).isEmpty else { throw Malformed("a chunk does not end where it says") }
            if size == 0 {
                isWhole = true
                return
            }
        }
    }

    /// A line, and the line break behind it gone.
    private static func line(_ rest: inout ArraySlice<UInt8>) throws -> String {
        guard let end = rest.firstIndex(of: 0x0D), end + 1 < rest.endIndex, rest[end + 1] == 0x0A else {
            throw Malformed("a line does not end: \(String(decoding: rest.prefix(80), as: UTF8.self))")
        }
        let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        rest = rest[(end + 2)...]
        return line
    }
}

/// Requests as bytes.
enum HTTPRequests {
    static func get(_ path: String, method: String = "GET", fields: String = "", version: String = "1.1") -> [UInt8] {
        Array("\(method) \(path) HTTP/\(version)\r\nHost: test\r\n\(fields)\r\n".utf8)
    }

    static func post(
        _ path: String, _ body: String, type: String = "application/json", fields: String = "", version: String = "1.1"
    ) -> [UInt8] {
        Array(
            ("POST \(path) HTTP/\(version)\r\nHost: test\r\nContent-Type: \(type)\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
    }

    /// A chat request; `options` are further members, each with a comma before it.
    static func chat(_ options: String = "", fields: String = "", version: String = "1.1") -> [UInt8] {
        post(
            "/v1/chat/completions", #"{"model":"tiny","messages":[{"role":"user","content":"Hi"}]\#(options)}"#,
            fields: fields, version: version)
    }

    static func completion(_ prompt: String = #""ab""#, _ options: String = "", fields: String = "") -> [UInt8] {
        post("/v1/completions", #"{"model":"tiny","prompt":\#(prompt)\#(options)}"#, fields: fields)
    }
}

extension JSONValue {
    /// The member or element under a path such as `choices.0.text`; nil if there is none.
    subscript(path: String) -> JSONValue? {
        var value = self
        for part in path.split(separator: ".") {
            let inner: JSONValue?
            switch value {
            case .object(let object): inner = object[String(part)]
            case .array(let array): inner = Int(part).flatMap { array.dropFirst($0).first }
            default: inner = .none
            }
            guard let inner else { return .none }
            value = inner
        }
        return value
    }
}
