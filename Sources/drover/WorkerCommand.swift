import ArgumentParser
import Foundation
import Gateway
import LlamaEngine
import Logging
import ServingModel
import Tokenization
import WorkerHost

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Serves a model on this machine to gateways, over vLLM's gRPC protocol.",
        discussion: """
            It speaks vllm.grpc.engine.VllmEngine, tokens in and tokens out, so that Drover's gateway or any other of \
            that protocol can drive it, and grpc.health.v1.Health for probes.

            \(RunningService.settingsNote)
            """)

    @OptionGroup var options: WorkerOptions

    func run() async throws {
        let settings = try WorkerSettings(try await options.reader())
        let serve = settings.serve
        let path = serve.model.path
        serve.service.startLogging()
        let file = try ModelFile(path: path)
        let weights = try LlamaModel(path: path, gpuLayers: serve.gpuLayers)
        let engine = try EmbeddedEngine(
            model: weights, configuration: serve.engine, drawSeed: { .random(in: 0 ... .max) },
            now: { WallClock.now })
        let specials = file.tokenizer.vocabulary.specials
        let files = try ModelBundle(path: path, specials: specials)
        var facts = WorkerFacts(modelPath: path)
        (facts.modelType, facts.architectures) = (files.names.modelType, files.names.architectures)
        facts.endTokens = specials.generationEnds
        facts.beginningOfSequence = specials.beginningOfSequence
        facts.padding = specials.padding
        let limits = serve.service.gateway.limits
        let host = EngineHost(
            engine: engine, facts: facts, tokenizer: file.tokenizer, bundle: try files.bundle(),
            queueSeconds: limits.queueSeconds,
            flushCache: { [engine] in await engine.flushCache(waitSeconds: $0) },
            clock: WorkerClock(now: { WallClock.now }, secondsSince1970: { Date().timeIntervalSince1970 }),
            logger: Logger(label: "drover.worker"))
        let isSecure = serve.service.gateway.tls != nil
        let running = RunningHost(
            host: host, engine: engine, address: settings.address, tls: serve.service.gateway.tls,
            eventLoops: serve.service.gateway.eventLoops, drainSeconds: limits.drainSeconds,
            greet: { address in
                Greeting.showWorker(at: address.url(isSecure: isSecure), engine.card, summary: weights.summary)
            })
        try await running.runUntilStopped()
    }
}
