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

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
        exclude: [], swiftSettings: settings)
}

let package = Package(
    name: "drover",
    targets: [
        module("JSONBytes"),
        tests("JSONBytes"),
        module("ServingModel"),
        .systemLibrary(name: "CLlama"),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
