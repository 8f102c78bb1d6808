import Fleet
import OpenAIAPI
import ServingModel

/// A decoded, rendered and tokenized request: what goes to the engine, and how the answer is to be written.
struct PreparedGeneration: Sendable {
    /// One prompt of the request with what an echo of it needs.
    struct Prompt: Sendable {
        var request: GenerationRequest
        /// The prompt as a text when it is to be echoed.
        var echo: Echo?
    }

    /// A prompt in front of its completion.
    struct Echo: Sendable {
        var text: [UInt8]
        /// Where each token's text begins in it, in characters.
        var offsets: [Int]
    }

    /// What the answer's tokens mean.
    var text: TextModel
    /// Where it is generated.
    var source: any EngineSource
    var form: ResponseHead.Form
    var prompts: [Prompt]
    var options: GenerationOptions
    /// The request's field that bore the prompt.
    var promptParam: String
    /// How the answers are told apart into parts; nil if they are text and nothing else.
    var reading: AnswerReading?
    /// Whether functions were offered that the model cannot be understood to call.
    var offersToolsInVain = false
}
