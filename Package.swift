// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// A module of Drover's own; its tests, when it has some, are in `Tests/<name>Tests`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
        exclude: [], swiftSettings: settings)
}

let package = Package(
    name: "drover",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2")
    ],
    targets: [
        module("JSONBytes"),
        tests("JSONBytes"),
        module("ServingModel"),
        module("OpenAIAPI", ["JSONBytes", "ServingModel"]),
        tests("OpenAIAPI", ["JSONBytes", "ServingModel"]),
        module("Observability", ["JSONBytes", .product(name: "Logging", package: "swift-log")]),
        tests("Observability", [.product(name: "Logging", package: "swift-log")]),
    ]
)
