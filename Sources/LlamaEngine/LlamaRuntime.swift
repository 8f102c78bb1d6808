import CLlama
import Synchronization

/// llama.cpp's process-wide state: its backends, and its log, of which the last errors are kept for our own messages.
enum LlamaRuntime {
    private static let lastErrors = Mutex<[String]>([])
    private static let keptErrors = 4

    /// Initialises the backends once.
    static let isReady: Bool = {
        llama_log_set(
            { level, text, _ in
                guard level.rawValue >= GGML_LOG_LEVEL_ERROR.rawValue, level != GGML_LOG_LEVEL_CONT, let text else {
                    return
                }
                LlamaRuntime.keep(String(cString: text))
            }, nil)
        llama_backend_init()
        return true
    }()

    private static func keep(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !line.isEmpty else { return }
        lastErrors.withLock {
            if $0.count == keptErrors { $0.removeFirst() }
            $0.append(line)
        }
    }

    /// Runs `body`; the second result is what llama.cpp logged as an error meanwhile, in one line.
    static func collectingErrors<Result>(_ body: () -> Result) -> (Result, errors: String) {
        precondition(isReady, "the backends are initialised on first use")
        lastErrors.withLock { $0.removeAll() }
        let result = body()
        let errors = lastErrors.withLock { $0.joined(separator: "; ") }
        return (result, errors.isEmpty ? "llama.cpp gives no reason" : errors)
    }
}
