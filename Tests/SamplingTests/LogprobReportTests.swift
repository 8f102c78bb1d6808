import Foundation
import Sampling
import ServingModel
import Testing

struct LogprobReportTests {
    private func report(_ row: [Float], token: Int, top: Int) -> TokenLogprobs {
        var row = row
        var report = LogprobReport(vocabularySize: row.count)
        row.withUnsafeMutableBufferPointer { report.keep($0) }
        return report.logprobs(of: TokenID(token), top: top)
    }

    @Test(arguments: [1, 16, 100, 128, 3001])
    func reportsTheLogSoftmax(vocabulary: Int) {
        var random = RandomStream(seed: 6)
        for top in [0, 1, 5, 20] {
            let row = random.nextRow(vocabulary)
            let normaliser = log(row.reduce(0) { $0 + exp(Double($1)) })
            let token = Int(random.next() % UInt64(vocabulary))
            let result = report(row, token: token, top: top)
            #expect(abs(Double(result.logprob) - (Double(row[token]) - normaliser)) < 2e-6 * max(1, normaliser))
            let expected = row.indices.sorted { row[$0] > row[$1] }.prefix(top)
            #expect(result.top.map { Int($0.id.rawValue) } == Array(expected))
            for (id, logprob) in result.top {
                #expect(abs(Double(logprob) - (Double(row[Int(id.rawValue)]) - normaliser)) < 2e-6 * max(1, normaliser))
            }
        }
    }

    @Test func ordersTiesByToken() {
        let result = report(Array(repeating: 1, count: 400), token: 399, top: 3)
        #expect(result.top.map(\.id) == [TokenID(0), TokenID(1), TokenID(2)])
        #expect(abs(result.logprob + log(Float(400))) < 1e-6)
    }

    @Test func reportsOddRowsWithoutNumbers() {
        let impossible = report([0, -.infinity, .nan, 0], token: 1, top: 4)
        #expect(impossible.logprob == -.infinity)
        #expect(impossible.top.map(\.id) == [TokenID(0), TokenID(3)])
        #expect(report([0, -.infinity, .nan, 0], token: 2, top: 0).logprob == -.infinity)
        #expect(report([.nan, -.infinity], token: 0, top: 2) == TokenLogprobs(logprob: -.infinity, top: []))
        #expect(report([.infinity, 1], token: 1, top: 2) == TokenLogprobs(logprob: -.infinity, top: []))
        #expect(report([1, 1], token: 2, top: 2) == TokenLogprobs(logprob: -.infinity, top: []))
    }

    @Test func isUnchangedBySampling() {
        var random = RandomStream(seed: 2)
        var row = random.nextRow(300)
        var options = SamplingOptions()
        options.logitBias = [TokenID(4): -100]
        var sampler = Sampler(
            options: options, stop: StopConditions(maxTokens: 1), seed: 1, vocabularySize: 300, endTokens: [])
        var scratch = SamplingScratch(vocabularySize: 300)
        var report = LogprobReport(vocabularySize: 300)
        let before = report.logprobs(of: TokenID(4), in: row, top: 3)
        row.withUnsafeMutableBufferPointer {
            report.keep($0)
            _ = sampler.sample($0, scratch: &scratch)
        }
        #expect(report.logprobs(of: TokenID(4), top: 3) == before)
    }
}

extension LogprobReport {
    fileprivate mutating func logprobs(of token: TokenID, in row: [Float], top: Int) -> TokenLogprobs {
        var row = row
        return row.withUnsafeMutableBufferPointer { logprobs(of: token, in: $0, top: top) }
    }
}
