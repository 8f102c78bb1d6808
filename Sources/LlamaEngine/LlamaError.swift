/// Why a model cannot be loaded or run by llama.cpp.
package enum LlamaError: Error, Equatable, CustomStringConvertible {
    case missingFile(path: String)
    case unloadable(path: String, reason: String)
    /// The model is of a kind that does not generate text token by token.
    case unsupportedModel(path: String, reason: String)
    /// The engine's own memory could not be made: too large a cache, or an unsupported combination.
    case noContext(reason: String)
    case conversion(path: String, reason: String)

    package var description: String {
        switch self {
        case .missingFile(let path): "no model file at '\(path)'"
        case .unloadable(let path, let reason): "cannot load the model '\(path)': \(reason)"
        case .unsupportedModel(let path, let reason): "cannot serve the model '\(path)': \(reason)"
        case .noContext(let reason): "cannot make the engine's context: \(reason)"
        case .conversion(let path, let reason): "cannot convert the model '\(path)': \(reason)"
        }
    }
}
