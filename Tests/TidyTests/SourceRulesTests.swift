import Testing

/// The rules themselves, on lines that break them and lines that don't.
struct SourceRulesTests {
    @Test(arguments: [
        ("import NIOCore", "NIOCore"), ("package import JSONBytes", "JSONBytes"),
        ("    @preconcurrency private import struct Foundation.URL", "Foundation"),
        ("// import NIOCore", nil), ("let text = \"import NIOCore\"", nil), ("importantly()", nil),
    ])
    func findsImports(_ line: String, _ module: String?) {
        #expect(SourceRules.importedModule(Substring(line)) == module)
    }

    @Test func refusesImports() {
        #expect(ModuleRules.problems(module: "JSONBytes", imports: ["NIOCore"]) == ["JSONBytes may not import NIOCore"])
        #expect(ModuleRules.problems(module: "Nameless", imports: []).count == 1)
        #expect(ModuleRules.problems(module: "OpenAIAPI", imports: ["JSONBytes"]) == [])
    }

    @Test func pureRowsListOnlyWhatIsPure() {
        for (module, row) in ModuleRules.rows {
            #expect(ModuleRules.problems(module: module, imports: row.imports) == [])
        }
    }

    @Test(arguments: [
        (["final class Cache: @unchecked Sendable {"], "@unchecked Sendable"),
        (["// so, because f is total,", "// nothing is thrown", "let x = try! f()"], nil),
        (["// because of this", "let a = 1", "let x = try! f()"], "try!"),
        (["let x = try! f()  // because f is total"], nil), (["because()", "let x = y as! Z"], "as!"),
        (["let a = 1", "fatalError(\"no\")"], "fatalError"), (["// never try! this"], nil),
        (["let same = assets"], nil),
    ])
    func wantsReasons(_ lines: [String], _ problem: String?) {
        #expect(SourceRules.unexplained(in: lines.map { $0[...] }, at: lines.count - 1) == problem)
    }

    @Test(arguments: [
        ("// TODO: later", "TODO"), ("// TODO(#12): later", nil), ("# FIXME", "FIXME"), ("let TODOs = 1", nil),
    ])
    func wantsIssues(_ line: String, _ problem: String?) {
        #expect(SourceRules.leftover(Substring(line)) == problem)
    }

    @Test(arguments: [
        ("open(\"/home/someone/model\")", "/home/someone"), ("#!/usr/bin/env python3", nil),
        ("GET https://example.com/home/page", nil), ("`.drover/root/x`", nil),
    ])
    func findsMachinePaths(_ line: String, _ problem: String?) {
        #expect(SourceRules.machinePath(Substring(line)) == problem)
    }

    @Test(arguments: [
        ("package enum Routing {", true), ("struct RoutingError {", false), ("/// An enum Routing has", false),
    ])
    func findsTypesNamedAsTheirModule(_ line: String, _ isOne: Bool) {
        #expect(SourceRules.declaresType(Substring(line), named: "Routing") == isOne)
    }
}
