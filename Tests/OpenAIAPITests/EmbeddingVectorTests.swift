import ServingModel
import Testing

struct EmbeddingVectorTests {
    @Test(
        arguments: [
            ([1, 0], [1, 0], 1), ([1, 0], [0, 1], 0), ([1, 2], [-2, -4], -1), ([3, 4], [4, 3], 0.96),
            ([0, 0], [1, 1], 0), ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], 35.0 / 55), ([], [], 0),
        ] as [([Float], [Float], Float)])
    func givesTheCosine(_ left: [Float], _ right: [Float], _ cosine: Float) throws {
        let result = try #require(EmbeddingVector(left).cosine(to: EmbeddingVector(right)))
        #expect(abs(result - cosine) < 1e-7)
    }

    @Test func staysWithinItsBounds() {
        let vector = EmbeddingVector((0..<999).map { Float($0 % 7) * 0.1 + 1e-3 })
        #expect(vector.cosine(to: vector) == 1)
        #expect(EmbeddingVector([1e30, 1e30]).cosine(to: EmbeddingVector([1e30, 1e30])) == 1)
        #expect(EmbeddingVector([1e-30, 0]).cosine(to: EmbeddingVector([1e-30, 0])) == 1)
    }

    @Test func takesWhatEnginesSay() {
        #expect(EmbeddingVector([1]).cosine(to: EmbeddingVector([1, 2])) == nil)
        #expect(EmbeddingVector([.nan]).cosine(to: EmbeddingVector([1]))?.isNaN == true)
        #expect(EmbeddingVector([.infinity]).cosine(to: EmbeddingVector([1]))?.isNaN == true)
    }

    @Test func shortensAndScales() {
        #expect(EmbeddingVector([3, 4, 12]).shortened(to: 2)?.values == [0.6, 0.8])
        #expect(EmbeddingVector([0, 0, 1]).shortened(to: 2)?.values == [0, 0])
        #expect(EmbeddingVector([3, 4]).shortened(to: 3) == nil)
        #expect(EmbeddingVector([3, 4]).shortened(to: 2)?.values == [0.6, 0.8])
    }
}
