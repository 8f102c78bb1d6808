import FoundationEssentials

/// The checked-out repository that the tests were built from, read file by file.
struct Repository {
    struct File {
        /// From the repository's root, such as `Sources/JSONBytes/JSONReader.swift`.
        let path: String
        let lines: [Substring]

        var module: String { String(path.split(separator: "/")[1]) }
        var isGenerated: Bool { path.contains("/Generated/") }
    }

    static let root: String = {
        var components = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        components.removeLast(3)
        return components.joined(separator: "/")
    }()

    /// The files below a folder that end in one of `suffixes`, without fixtures and caches, in order of their paths.
    static func files(below folder: String, suffixes: [String] = [".swift"]) throws -> [File] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted()
        return try names.filter { name in
            suffixes.contains { name.hasSuffix($0) } && !name.contains("Fixtures/") && !name.contains("__pycache__")
        }.map { try file("\(folder)/\($0)") }
    }

    static func file(_ path: String) throws -> File {
        let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
        return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    /// The folders of `Sources`: one for each module.
    static func modules() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/Sources").filter { !$0.hasPrefix(".") }.sorted()
    }

    static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "\(root)/\(path)")
    }

    /// What people wrote by hand, wherever it lies; not the oracles, whose texts are data.
    static func everything() throws -> [File] {
        let code = try ["Sources", "Tests", "scripts"].flatMap {
            try files(below: $0, suffixes: [".swift", ".c", ".h", ".cpp", ".modulemap", ".py", ".sh", ".md", ".json"])
        }
        .filter { !$0.path.hasPrefix("scripts/oracles/") }
        let documents = try files(below: "docs", suffixes: [".md"])
        let top = ["ARCHITECTURE.md", "CONTRIBUTING.md", "Makefile", "Package.swift", "README.md", ".ci/run"]
        return try code + documents + top.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }.map(file)
    }
}
