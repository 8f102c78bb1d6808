import Foundation
import SchemaGrammar
import Testing

struct SchemaDocumentationTests {
    @Test func isCurrent() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/json-schema.md")
        if ProcessInfo.processInfo.environment["DROVER_UPDATE_DOCS"] != nil {
            try Data(JSONGrammar.documentation().utf8).write(to: page)
        }
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text == JSONGrammar.documentation(), "rewrite it with DROVER_UPDATE_DOCS=1")
    }
}
