import Foundation
import Sampling
import Testing

struct FastExponentialTests {
    @Test func isAccurateToItsBound() {
        var worst = 0.0
        var x: Float = 0
        while x > -87 {
            var argument = SIMD16<Float>()
            for lane in 0..<16 { argument[lane] = x - Float(lane) * 0.0007 }
            let result = FastExponential.of(argument)
            for lane in 0..<16 {
                let expected = exp(Double(argument[lane]))
                worst = max(worst, abs(Double(result[lane]) - expected) / expected)
            }
            x -= 0.0113
        }
        #expect(worst < 2e-7)
    }

    @Test func isExactWhereItMatters() {
        let argument = SIMD16<Float>(
            0, -0.0, -.infinity, .nan, -89, -1e30, -.greatestFiniteMagnitude, -88.04, 0, 0, 0, 0, 0, 0, 0, 0)
        let result = FastExponential.of(argument)
        #expect((0..<2).allSatisfy { result[$0] == 1 })
        #expect((2..<8).allSatisfy { result[$0] == 0 })
    }
}
