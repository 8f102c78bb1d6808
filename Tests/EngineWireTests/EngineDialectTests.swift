import EngineWire
import ServingModel
import Testing

struct EngineDialectTests {
    @Test func namesServicesAsTheEnginesDo() {
        #expect(EngineDialect.vllm.service == "vllm.grpc.engine.VllmEngine")
        #expect(EngineDialect.sglang.service == "sglang.grpc.scheduler.SglangScheduler")
        #expect(EngineDialect.trtllm.service == "trtllm.TrtllmService")
        for dialect in EngineDialect.allCases { #expect(dialect.kind.rawValue == dialect.rawValue) }
    }
}
