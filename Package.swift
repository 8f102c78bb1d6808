// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// Where `scripts/setup.py` puts llama.cpp's libraries; for the module that imports CLlama.
let llamaLibraries = Context.packageDirectory + "/.drover/llama/lib"
let llamaLinking: [LinkerSetting] = [
    .unsafeFlags(["-L\(llamaLibraries)", "-Xlinker", "-rpath", "-Xlinker", llamaLibraries])
]

/// A module of Drover's own; its tests, when it has some, are in `Tests/<name>Tests`.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], linking: [LinkerSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: linking)
}

/// Fixtures are read from where they lie, so the build leaves them alone.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], hasFixtures: Bool = false) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
        exclude: hasFixtures ? ["Fixtures"] : [], swiftSettings: settings)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

/// TLS and HTTP/2, for those who speak them.
let secureNIO: [Target.Dependency] = [
    .product(name: "NIOHPACK", package: "swift-nio-http2"), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
]

let package = Package(
    name: "drover",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: [
        module("JSONBytes"),
        tests("JSONBytes"),
        module("ServingModel"),
        module("StepScheduling", ["ServingModel"]),
        tests("StepScheduling", ["ServingModel"]),
        module("Sampling", ["ServingModel"]),
        tests("Sampling", ["ServingModel"]),
        module("SchemaGrammar", ["JSONBytes", "ServingModel"]),
        tests("SchemaGrammar", ["JSONBytes", "OutputParsing", "ServingModel"], hasFixtures: true),
        module("OpenAIAPI", ["JSONBytes", "ServingModel"]),
        tests("OpenAIAPI", ["JSONBytes", "ServingModel"]),
        .target(name: "CByteScanning"),
        module("GGUFFormat"),
        tests("GGUFFormat"),
        module("Tokenization", ["CByteScanning", "GGUFFormat", "JSONBytes", "ServingModel"]),
        tests("Tokenization", ["GGUFFormat", "JSONBytes", "ServingModel"], hasFixtures: true),
        module("ChatTemplates", ["JSONBytes"]),
        tests("ChatTemplates", ["JSONBytes"], hasFixtures: true),
        module("OutputParsing", ["JSONBytes", "SchemaGrammar", "ServingModel"]),
        tests(
            "OutputParsing", ["ChatTemplates", "JSONBytes", "SchemaGrammar", "ServingModel"], hasFixtures: true),
        .target(
            name: "EngineWire",
            dependencies: [
                "JSONBytes", "SchemaGrammar", "ServingModel", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Protos"], swiftSettings: settings),
        tests(
            "EngineWire",
            ["JSONBytes", "OpenAIAPI", "ServingModel", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            hasFixtures: true),
        module("Observability", ["JSONBytes", .product(name: "Logging", package: "swift-log")]),
        tests("Observability", [.product(name: "Logging", package: "swift-log")]),
        module("AccessKeys", [.product(name: "Crypto", package: "swift-crypto")]),
        tests("AccessKeys"),
        .systemLibrary(name: "CLlama"),
        module(
            "LlamaEngine", ["CLlama", "JSONBytes", "Sampling", "SchemaGrammar", "ServingModel", "StepScheduling"],
            linking: llamaLinking),
        module(
            "RPCTransport",
            [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"), .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(
            "RPCTransport",
            [
                "RPCTesting", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], hasFixtures: true),
        module(
            "WorkerHost",
            [
                "EngineWire", "JSONBytes", "RPCTransport", "ServingModel", "Tokenization",
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        tests(
            "WorkerHost",
            [
                "EngineWire", "GGUFFormat", "RPCTransport", "RPCTesting", "ServingModel", "ServingTesting",
                "Tokenization", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        module(
            "MockEngines",
            [
                "EngineWire", "RPCTransport", "ServingModel", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        tests(
            "MockEngines",
            [
                "EngineWire", "RPCTransport", "RPCTesting", "ServingModel",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        module("RPCTesting", ["RPCTransport", .product(name: "NIOCore", package: "swift-nio")]),
        module("ServingTesting", ["ServingModel"]),
        tests("ServingTesting", ["ServingModel"]),
        tests("LlamaEngine", ["GGUFFormat", "JSONBytes", "ServingModel", "ServingTesting", "Tokenization"]),
        module(
            "Gateway",
            nio + secureNIO + [
                "AccessKeys", "ChatTemplates", "Fleet", "HTTPEngine", "JSONBytes", "Observability", "OpenAIAPI",
                "OutputParsing", "SchemaGrammar", "ServingModel", "Tokenization",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "Gateway",
            nio + secureNIO + [
                "AccessKeys", "ChatTemplates", "Fleet", "GGUFFormat", "JSONBytes", "Observability", "OpenAIAPI",
                "OutputParsing", "SchemaGrammar", "ServingModel", "ServingTesting", "Tokenization",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ], hasFixtures: true),
        .systemLibrary(name: "CZlib"),
        module("Archives", ["CZlib"]),
        tests("Archives", hasFixtures: true),
        module(
            "Fleet",
            [
                "HTTPEngine", "ServingModel", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "Fleet",
            [
                "ServingModel", "ServingTesting", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        module(
            "GRPCEngines",
            [
                "EngineWire", "Fleet", "RPCTransport", "ServingModel",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        tests(
            "GRPCEngines",
            [
                "EngineWire", "MockEngines", "RPCTesting", "RPCTransport", "ServingModel", "ServingTesting",
                "WorkerHost",
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        module(
            "HTTPEngine",
            nio + [
                "JSONBytes", "OpenAIAPI", "ServingModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(
            "HTTPEngine",
            nio + ["JSONBytes", "OpenAIAPI", "ServingModel", .product(name: "NIOSSL", package: "swift-nio-ssl")],
            hasFixtures: true),
        module(
            "ChatClient", ["JSONBytes", .product(name: "AsyncHTTPClient", package: "async-http-client")] + nio),
        tests("ChatClient"),
        .executableTarget(
            name: "drover",
            dependencies: [
                "AccessKeys", "Archives", "CByteScanning", "ChatClient", "ChatTemplates", "EngineWire", "Fleet",
                "GGUFFormat", "GRPCEngines", "Gateway", "HTTPEngine", "JSONBytes", "LlamaEngine", "MockEngines",
                "Observability", "OpenAIAPI", "OutputParsing",
                "RPCTransport", "ServingModel", "Tokenization", "WorkerHost",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "template-probe", dependencies: ["ChatTemplates", "JSONBytes"], path: "Benchmarks/template-probe",
            swiftSettings: settings),
        .executableTarget(
            name: "tokenizer-probe", dependencies: ["ServingModel", "Tokenization"], path: "Benchmarks/tokenizer-probe",
            swiftSettings: settings),
        .executableTarget(
            name: "tokenizer-bench", dependencies: ["ServingModel", "Tokenization"], path: "Benchmarks/tokenizer-bench",
            swiftSettings: settings),
        .executableTarget(
            name: "parser-bench", dependencies: ["JSONBytes", "OutputParsing", "SchemaGrammar"],
            path: "Benchmarks/parser-bench", swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
