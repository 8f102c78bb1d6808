/// What a line or a file of Swift may not hold; the tests apply it to the repository, and prove it on examples.
enum SourceRules {
    static let lineLimit = 400

    /// Files longer than the limit, each with the reason why it isn't cut.
    static let longFiles: [String: String] = [:]

    /// The modules that a line of Swift imports: one, or none.
    static func importedModule(_ line: Substring) -> String? {
        guard line.contains("import") else { return nil }
        let pattern =
            /^\s*(?:@\S+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        return (try? pattern.firstMatch(in: line)).flatMap { $0 }.map { String($0.output.1) }
    }

    /// A call or an attribute that needs its reason beside it: a comment with the word "because".
    static func unexplained(_ line: Substring, previous: Substring?) -> String? {
        let pattern = /@unchecked\s+Sendable|\btry!|\bas!|\bfatalError\b|\bThread\.sleep\b|\bTask\.sleep\b/
        let code = line.prefix(upTo: comment(of: line)?.startIndex ?? line.endIndex)
        guard let found = try? pattern.firstMatch(in: code) else { return nil }
        let isExplained = comment(of: line)?.contains("because") ?? false
        let isExplainedAbove = previous.flatMap(wholeLineComment)?.contains("because") ?? false
        return isExplained || isExplainedAbove ? nil : String(found.output)
    }

    /// A leftover that names no issue: `#12` must stand on the same line.
    static func leftover(_ line: Substring) -> String? {
        guard let found = try? /\b(?:TODO|FIXME|XXX)\b/.firstMatch(in: line) else { return nil }
        return (try? /#\d+/.firstMatch(in: line)) != nil ? nil : String(found.output)
    }

    /// A path that exists on one machine only.
    static func machinePath(_ line: Substring) -> String? {
        (try? /(?:^|[\s"'`=(:])(\/(?:home|root|Users|work|opt|tmp|mnt)\/\w+)/.firstMatch(in: line)).flatMap { $0 }
            .map { String($0.output.1) }
    }

    /// Whether a line declares a type with the given name.
    static func declaresType(_ line: Substring, named name: String) -> Bool {
        guard let pattern = try? Regex("^\\s*[^/\"]*\\b(struct|class|enum|actor|protocol|typealias)\\s+\(name)\\b")
        else { return false }
        return line.firstMatch(of: pattern) != nil
    }

    /// The comment at the end of a line; a `//` inside a URL is none.
    private static func comment(of line: Substring) -> Substring? {
        (try? /(?:^|\s)(\/\/.*)$/.firstMatch(in: line)).flatMap { $0 }.map { $0.output.1 }
    }

    private static func wholeLineComment(_ line: Substring) -> Substring? {
        line.drop { $0 == " " }.hasPrefix("//") ? line : nil
    }
}
