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

/// Fixtures are read from where they lie, so the build leaves them alone.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], hasFixtures: Bool = false) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
        exclude: hasFixtures ? ["Fixtures"] : [], swiftSettings: settings)
}

let package = Package(
    name: "drover",
    targets: [
        module("JSONBytes"),
        tests("JSONBytes"),
        module("ServingModel"),
        module("GGUFFormat"),
        tests("GGUFFormat"),
        module("Tokenization", ["GGUFFormat", "JSONBytes", "ServingModel"]),
        tests("Tokenization", ["GGUFFormat", "JSONBytes", "ServingModel"], hasFixtures: true),
    ]
)
