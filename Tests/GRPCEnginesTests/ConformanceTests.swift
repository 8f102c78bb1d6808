import ServingTesting
import Testing

/// Every protocol keeps the contract of engines.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ConformanceTests {
    @Test(arguments: Loopback.Backend.allCases, EngineConformance.Check.allCases)
    func keepsTheContract(_ backend: Loopback.Backend, _ check: EngineConformance.Check) async throws {
        try await Loopback.run(backend) { loopback in
            try await EngineConformance(loopback.subject).run(check)
        }
    }
}
