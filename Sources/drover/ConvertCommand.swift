import ArgumentParser
import Foundation
import LlamaEngine

extension LlamaConversion.Format: ExpressibleByArgument {}

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a GGUF model anew in another weight format.",
        discussion: "F16 keeps the weights of any quantized file as they are; a format narrower than the input's costs "
            + "quality.")

    @Argument(help: "The GGUF file to read.")
    var input: String

    @Argument(help: "The file to write; it must not be the input.")
    var output: String

    @Option(help: "The weight format: \(LlamaConversion.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type = LlamaConversion.Format.f16

    @Option(help: "Threads that convert.")
    var threads = ServeSettings.defaultThreads

    /// The file that a path leads to; the path itself where there is none.
    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    func run() throws {
        guard Self.resolved(input) != Self.resolved(output) else {
            throw CommandFailure("the output would overwrite the input")
        }
        guard threads >= 1 else { throw CommandFailure("threads: '\(threads)' is not allowed; give 1 or more") }
        try LlamaConversion.convert(input, to: output, format: type, threads: threads)
    }
}
