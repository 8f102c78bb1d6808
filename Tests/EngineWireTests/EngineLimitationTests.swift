import EngineWire
import OpenAIAPI
import ServingModel
import Testing

struct EngineLimitationTests {
    private struct Refusal: Hashable {
        let engine: EngineKind
        let field: String
    }

    /// A client hears of a limitation from the table; the coders know it for callers that do not come through the API.
    @Test func areTheOnesThatTheTableOfFieldsHas() {
        let fields = FieldTable.fields(of: .chatCompletions) + FieldTable.fields(of: .completions)
        var tabled: Set<Refusal> = []
        for field in fields {
            for (engine, support) in field.differences {
                if case .refused = support { tabled.insert(Refusal(engine: engine, field: field.name)) }
            }
        }
        for combination in FieldTable.combinations {
            for engine in combination.engines {
                tabled.insert(Refusal(engine: engine, field: combination.param))
            }
        }
        #expect(tabled == Set(EngineLimitation.all.map { Refusal(engine: $0.dialect.kind, field: $0.field) }))
    }
}
