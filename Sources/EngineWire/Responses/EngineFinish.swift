/// Why an engine says that a choice has ended.
enum EngineFinish {
    case stop, length, aborted, failed

    /// vLLM says "stop", "length", "abort", "error" and, of late, "repetition"; SGLang "stop", "length", "abort";
    /// TensorRT-LLM "stop", "length", "stop_word", "timeout", "cancelled", "error", or nothing.
    init(_ cursor: WireCursor, at range: Range<Int>) {
        if cursor.holds("stop", at: range) || cursor.holds("stop_word", at: range) {
            self = .stop
        } else if cursor.holds("length", at: range) {
            self = .length
        } else if cursor.holds("abort", at: range) || cursor.holds("cancelled", at: range) {
            self = .aborted
        } else {
            self = .failed
        }
    }
}
