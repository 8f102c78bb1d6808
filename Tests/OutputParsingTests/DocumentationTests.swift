import Foundation
import OutputParsing
import Testing

struct DocumentationTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/models.md")
    private static let marks = (begin: "<!-- formats: generated -->\n", end: "<!-- /formats -->\n")

    /// The part of `docs/models.md` that tells of formats is made from the table of formats.
    @Test func modelsPageIsCurrent() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let parts = text.components(separatedBy: Self.marks.begin)
        let rest = try #require(parts.count == 2 ? parts[1].components(separatedBy: Self.marks.end) : nil)
        try #require(rest.count == 2)
        var templates: [String: [String]] = [:]
        for (file, format) in FormatChoiceTests.expected {
            if let format { templates[format, default: []].append(String(file.dropLast(".jinja".count))) }
        }
        let table = OutputFormat.table(shownBy: templates)
        if ProcessInfo.processInfo.environment["DROVER_UPDATE_DOCS"] == "1" {
            let page = parts[0] + Self.marks.begin + table + Self.marks.end + rest[1]
            return try Data(page.utf8).write(to: Self.page)
        }
        #expect(rest[0] == table, "DROVER_UPDATE_DOCS=1 swift test --filter DocumentationTests brings it up to date")
    }
}
