/// Learns from the steps computed lately how long decodes and prompt tokens take, and so how many prompt tokens fit
/// into a step beside running streams.
///
/// A prompt's token costs more the deeper it lies, so a number of tokens alone would let the streams' gaps grow with
/// the prompt. A value without a clock; O(1).
struct StepPace: Sendable {
    /// The chunk while nothing has been measured, and the least one: any chunk reads all of the model's weights, and
    /// llama.cpp's attention on processors takes queries by tiles of 64. Deep in a prompt, 16 tokens take more than
    /// half as long as 64.
    static let leastChunk = 64
    /// A measurement of this many tokens counts as much as all before it; a smaller one less, as it says less.
    private static let halfWeightTokens = 16.0

    /// Seconds in all, for the accounts.
    private(set) var decodeSeconds = 0.0
    private(set) var prefillSeconds = 0.0

    private var secondsPerPromptToken: Double?
    private var secondsPerDecodeStep: Double?

    /// How many prompt tokens take about `seconds`, at most `limit`.
    func promptTokens(within seconds: Double, atMost limit: Int) -> Int {
        guard let cost = secondsPerPromptToken, cost > 0 else { return min(Self.leastChunk, limit) }
        return min(max(Int(min(seconds / cost, Double(limit))), Self.leastChunk), limit)
    }

    /// Takes in that a batch of so many decodes and prompt tokens took so long. Of a batch of both, what lately
    /// decodes alone have taken is the decodes'.
    mutating func record(decodes: Int, promptTokens: Int, seconds: Double) {
        guard promptTokens > 0 else {
            decodeSeconds += seconds
            secondsPerDecodeStep = secondsPerDecodeStep.map { ($0 + seconds) / 2 } ?? seconds
            return
        }
        let ofDecodes = decodes > 0 ? min(secondsPerDecodeStep ?? 0, seconds) : 0
        let ofPrompts = seconds - ofDecodes
        decodeSeconds += ofDecodes
        prefillSeconds += ofPrompts
        let cost = ofPrompts / Double(promptTokens)
        let weight = Double(promptTokens) / (Double(promptTokens) + Self.halfWeightTokens)
        secondsPerPromptToken = secondsPerPromptToken.map { $0 + weight * (cost - $0) } ?? cost
    }
}
