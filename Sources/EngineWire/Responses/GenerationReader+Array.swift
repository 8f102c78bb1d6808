package import ServingModel

extension GenerationReader {
    /// Reads a message that is an array.
    package mutating func read(_ message: [UInt8], into events: inout [GenerationEvent]) throws(WireError) {
        // The error does not leave the closure: Swift 6.3.1's optimizer crashes on a typed one that does.
        let error: WireError? = message.withUnsafeBytes { bytes in
            do throws(WireError) {
                try read(bytes, into: &events)
                return nil
            } catch {
                return error
            }
        }
        if let error { throw error }
    }
}
