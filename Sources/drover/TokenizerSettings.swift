import Foundation
import Gateway

/// What `drover tokenizer` can be told, beside what `ServiceSettings` and `ModelSettings` have.
///
/// Configuration keys
/// - `threads` (1 to 512, default: as many as the processor has): threads that tokenize long texts and batches.
struct TokenizerSettings {
    var service: ServiceSettings
    var model: ModelSettings

    init(_ reader: SettingReader) throws(SettingError) {
        service = try ServiceSettings(reader)
        model = try ModelSettings(reader)
        service.gateway.preparingThreads =
            try reader.integer(.threads, in: 1...512) ?? ProcessInfo.processInfo.activeProcessorCount
    }
}
