/// What a line or a file of Swift may not hold; the tests apply it to the repository, and prove it on examples.
enum SourceRules {
    static let lineLimit = 400

    /// Files longer than the limit, each with the reason why it isn't cut.
    static let longFiles: [String: String] = [:]

    /// The modules that a line of Swift imports: one, or none.
    static func importedModule(_ line: Substring) -> String? {
        guard line.holds("import") else { return nil }
        let pattern =
            /^\s*(?:@\S+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        return (try? pattern.firstMatch(in: line)).flatMap { $0 }.map { String($0.output.1) }
    }

    /// A call or an attribute that needs its reason beside it: "because", in a comment on its line or right above.
    static func unexplained(in lines: [Substring], at index: Int) -> String? {
        let line = lines[index]
        guard ["@unchecked", "try!", "as!", "fatalError", ".sleep"].contains(where: line.holds) else { return nil }
        let pattern = /@unchecked\s+Sendable|\btry!|\bas!|\bfatalError\b|\bThread\.sleep\b|\bTask\.sleep\b/
        let remark = comment(of: line)
        guard let found = try? pattern.firstMatch(in: line[..<(remark?.startIndex ?? line.endIndex)]) else {
            return nil
        }
        let above = lines[..<index].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("//") }
        return ([remark ?? ""] + above).contains { $0.holds("because") } ? nil : String(found.output)
    }

    /// A leftover that names no issue: `#12` must stand on the same line.
    static func leftover(_ line: Substring) -> String? {
        guard ["TODO", "FIXME", "XXX"].contains(where: line.holds) else { return nil }
        guard let found = try? /\b(?:TODO|FIXME|XXX)\b/.firstMatch(in: line) else { return nil }
        return (try? /#\d+/.firstMatch(in: line)) != nil ? nil : String(found.output)
    }

    /// A path that exists on one machine only.
    static func machinePath(_ line: Substring) -> String? {
        guard ["/home", "/root", "/Users", "/work", "/opt", "/tmp", "/mnt"].contains(where: line.holds) else {
            return nil
        }
        return (try? /(?:^|[\s"'`=(:])(\/(?:home|root|Users|work|opt|tmp|mnt)\/\w+)/.firstMatch(in: line)).flatMap {
            $0
        }
        .map { String($0.output.1) }
    }

    /// Whether a line declares a type with the given name.
    static func declaresType(_ line: Substring, named name: String) -> Bool {
        guard line.holds(name),
            let pattern = try? Regex("^\\s*[^/\"]*\\b(struct|class|enum|actor|protocol|typealias)\\s+\(name)\\b")
        else { return false }
        return line.firstMatch(of: pattern) != nil
    }

    /// The comment at the end of a line; a `//` inside a URL is none.
    private static func comment(of line: Substring) -> Substring? {
        (try? /(?:^|\s)(\/\/.*)$/.firstMatch(in: line)).flatMap { $0 }.map { $0.output.1 }
    }
}

extension Substring {
    /// Whether the bytes of `needle` stand in the line: much cheaper than a pattern, which then sees few lines.
    func holds(_ needle: String) -> Bool {
        let needle = Array(needle.utf8)
        return utf8.withContiguousStorageIfAvailable { line in
            line.indices.dropLast(needle.count - 1).contains { start in
                line[start] == needle[0] && line[start..<(start + needle.count)].elementsEqual(needle)
            }
        } ?? false
    }
}
