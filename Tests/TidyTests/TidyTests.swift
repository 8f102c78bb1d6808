import Testing

/// Holds the repository's own rules by reading its files.
struct TidyTests {
    @Test func modulesImportWhatTheyMay() throws {
        let sources = Dictionary(grouping: try Repository.files(below: "Sources"), by: \.module)
        for module in try Repository.modules() {
            let imports = Set((sources[module] ?? []).flatMap(\.lines).compactMap(SourceRules.importedModule))
            #expect(ModuleRules.problems(module: module, imports: imports) == [])
        }
    }

    @Test func filesAreShort() throws {
        let long = try Repository.files(below: "Sources").filter {
            !$0.isGenerated && $0.lines.count > SourceRules.lineLimit + 1 && SourceRules.longFiles[$0.path] == nil
        }
        #expect(long.map(\.path) == [], "cut them, or list them with a reason in SourceRules")
        for path in SourceRules.longFiles.keys {
            #expect(try Repository.file(path).lines.count > SourceRules.lineLimit, "\(path) is short: unlist it")
        }
    }

    @Test func noLeftoversWithoutAnIssue() throws {
        #expect(try found(in: Repository.everything()) { SourceRules.leftover($0[$1]) } == [])
    }

    @Test func noPathsOfOneMachine() throws {
        #expect(try found(in: Repository.everything()) { SourceRules.machinePath($0[$1]) } == [])
    }

    @Test func dangerousCallsGiveTheirReason() throws {
        let files = try Repository.files(below: "Sources").filter { !$0.isGenerated }
        let problems = found(in: files, SourceRules.unexplained)
        #expect(problems == [])
    }

    @Test func noTypeHasItsModulesName() throws {
        for file in try Repository.files(below: "Sources") {
            #expect(!file.lines.contains { SourceRules.declaresType($0, named: file.module) }, "\(file.path)")
        }
    }

    @Test func everyModuleIsBuiltAndStandsInTheArchitecture() throws {
        let package = try Repository.file("Package.swift").lines
        let architecture = try Repository.file("ARCHITECTURE.md").lines
        for module in try Repository.modules() {
            #expect(package.contains { $0.contains("\"\(module)\"") }, "\(module) is no target of Package.swift")
            let count = architecture.count { $0.hasPrefix("- `\(module)`: ") }
            #expect(count == 1, "ARCHITECTURE.md has \(count) lines that begin \"- `\(module)`: \"")
        }
    }

    @Test func scriptsAreExecutable() throws {
        for file in try Repository.everything() {
            let isScript = file.lines.first?.hasPrefix("#!") ?? false
            #expect(Repository.isExecutable(file.path) == isScript, "\(file.path): executable bit and #! must agree")
        }
    }

    /// `path:line: what` for everything that a rule finds outside this folder, whose patterns name what they look for.
    private func found(
        in files: [Repository.File], _ rule: ([Substring], Int) -> String?
    ) -> [String] {
        files.filter { !$0.path.hasPrefix("Tests/TidyTests/") }.flatMap { file in
            file.lines.indices.compactMap { index in
                rule(file.lines, index).map { "\(file.path):\(index + 1): \($0)" }
            }
        }
    }
}
