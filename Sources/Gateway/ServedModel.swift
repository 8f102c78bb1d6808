import ServingModel

/// A model as the gateway serves it: its engine, and what stands between that and text.
struct ServedModel: Sendable {
    let engine: any Engine
    let text: TextModel
}
