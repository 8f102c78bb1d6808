import Foundation
import Gateway

/// What `drover tokenizer` can be told, beside what `ServiceSettings` has.
///
/// Configuration keys
/// - `threads` (1 to 512, default: as many as the processor has): threads that tokenize long texts and batches.
struct TokenizerSettings {
    var service: ServiceSettings

    init(_ reader: SettingReader) throws(SettingError) {
        service = try ServiceSettings(reader)
        service.gateway.preparingThreads =
            try reader.integer(.threads, in: 1...512) ?? ProcessInfo.processInfo.activeProcessorCount
    }
}
