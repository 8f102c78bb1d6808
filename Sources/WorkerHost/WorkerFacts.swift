package import ServingModel

/// What a worker says of the model that it serves, beside what the engine's card has.
package struct WorkerFacts: Sendable {
    /// Where the model lies.
    package var modelPath: String
    /// The folder with the tokenizer's files; empty if there is none on disk, and GetTokenizer hands them out.
    package var tokenizerPath = ""
    /// As Hugging Face's `config.json` would name it; empty if it is not known.
    package var modelType = ""
    /// The same of the classes that implement the model.
    package var architectures: [String] = []
    /// The tokens that end a generation, the model's own first.
    package var endTokens: [TokenID] = []
    package var beginningOfSequence: TokenID?
    package var padding: TokenID?

    package init(modelPath: String) { self.modelPath = modelPath }
}
