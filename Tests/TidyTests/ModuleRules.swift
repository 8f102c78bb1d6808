/// Which module of `Sources` may import what; a module without a row fails the tests, so a new one is a decision.
///
/// A pure module touches no socket, clock, thread, file or logger, and imports only what is pure itself.
struct ModuleRules {
    enum Kind { case pure, shell }

    struct Row {
        let kind: Kind
        let imports: Set<String>

        static func pure(_ imports: String...) -> Row { Row(kind: .pure, imports: Set(imports)) }
        static func shell(_ imports: String...) -> Row { Row(kind: .shell, imports: Set(imports)) }
    }

    /// Stands for the system's C library, which has another name on each system.
    static let libc = "libc"
    static let namesOfLibc: Set<String> = ["Darwin", "Glibc", "Musl"]

    static let rows: [String: Row] = [
        "JSONBytes": .pure(),
        "ServingModel": .pure(),
        "GGUFFormat": .pure(libc),
        "CByteScanning": .pure(),
        "Tokenization": .pure("CByteScanning", "GGUFFormat", "JSONBytes", "ServingModel", "Synchronization"),
        "ChatTemplates": .pure("FoundationEssentials", "JSONBytes", libc),
        "OpenAIAPI": .pure("JSONBytes", "ServingModel"),
        "SchemaGrammar": .pure("JSONBytes", "ServingModel"),
        "OutputParsing": .pure("JSONBytes", "SchemaGrammar", "ServingModel"),
        "Sampling": .pure("ServingModel", libc),
        "EngineWire": .pure(
            "Crypto", "FoundationEssentials", "JSONBytes", "SchemaGrammar", "ServingModel", "SwiftProtobuf"),
        "StepScheduling": .pure("ServingModel"),
        "AccessKeys": .pure("Crypto", "Synchronization"),
        "ServingTesting": .shell("ServingModel", "StepScheduling", "Synchronization", "Testing"),
        "Observability": .shell("JSONBytes", "Logging", "Metrics", "ServingModel", "Synchronization", "Tracing", libc),
        "HTTPEngine": .shell(
            "AsyncHTTPClient", "JSONBytes", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "OpenAIAPI",
            "ServingModel", libc),
        "ChatClient": .shell("AsyncHTTPClient", "JSONBytes", "NIOCore", "NIOHTTP1", "NIOPosix", libc),
        "RPCTransport": .shell(
            "NIOCore", "NIOHPACK", "NIOHTTP2", "NIOPosix", "NIOSSL", "NIOTLS", "Synchronization", libc),
        "WorkerHost": .shell(
            "EngineWire", "FoundationEssentials", "JSONBytes", "Logging", "NIOCore", "RPCTransport", "ServingModel",
            "SwiftProtobuf", "Synchronization", "Tokenization"),
        "MockEngines": .shell(
            "EngineWire", "NIOCore", "NIOPosix", "NIOSSL", "RPCTransport", "ServingModel", "SwiftProtobuf",
            "Synchronization"),
        "RPCTesting": .shell("NIOCore", "RPCTransport", "Synchronization"),
        "CLlama": .shell(),
        "LlamaEngine": .shell(
            "CLlama", "Dispatch", "JSONBytes", "Sampling", "SchemaGrammar", "ServingModel", "StepScheduling",
            "Synchronization", libc),
        "GRPCEngines": .shell("EngineWire", "Fleet", "NIOCore", "RPCTransport", "ServingModel", "SwiftProtobuf"),
        "CZlib": .shell(),
        "Archives": .shell("CZlib"),
        "Fleet": .shell("HTTPEngine", "Logging", "NIOCore", "ServiceLifecycle", "ServingModel", "Synchronization"),
        "Gateway": .shell(
            "AccessKeys", "ChatTemplates", "Dispatch", "Fleet", "Foundation", "FoundationEssentials", "HTTPEngine",
            "JSONBytes", "Logging", "NIOCore", "NIOHPACK", "NIOHTTP1", "NIOHTTP2", "NIOPosix", "NIOSSL", "NIOTLS",
            "Observability",
            "OpenAIAPI", "OutputParsing", "SchemaGrammar", "ServiceLifecycle", "ServingModel", "Synchronization",
            "Tokenization", libc),
    ]

    /// The executable knows every module and is the only place that does.
    static let executable = "drover"

    /// What no pure module may import, whatever its row says.
    static let impure: Set<String> = [
        "AsyncHTTPClient", "Configuration", "Dispatch", "Foundation", "FoundationNetworking", "Logging", "Metrics",
        "ServiceLifecycle", "Tracing",
    ]

    /// `Foundation` is for the request pipeline's edge alone.
    static let mayImportFoundation: Set<String> = ["Gateway", executable]

    /// Every broken import rule of one module, as sentences.
    static func problems(module: String, imports: Set<String>) -> [String] {
        guard module != executable else { return [] }
        guard let row = rows[module] else { return ["\(module) has no row in ModuleRules: decide what it may import"] }
        return Set(imports.map { namesOfLibc.contains($0) ? libc : $0 }).sorted().compactMap { name in
            if !row.imports.contains(name) {
                "\(module) may not import \(name)"
            } else if name == "Foundation" && !mayImportFoundation.contains(module) {
                "\(module) lies below the gateway and may not import Foundation"
            } else if row.kind == .pure
                && (impure.contains(name) || name.hasPrefix("NIO") || rows[name]?.kind == .shell)
            {
                "\(module) is pure and may not import \(name), which is not"
            } else {
                nil
            }
        }
    }
}
