import CLlama
package import ServingModel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A model file loaded by llama.cpp; immutable, and shared by everything that reads from it.
// @unchecked because llama.cpp's model and vocabulary are only read once they are loaded.
package final class LlamaModel: @unchecked Sendable {
    let pointer: OpaquePointer
    let vocabulary: OpaquePointer
    /// Tokens that end a turn or a text.
    package let endTokens: [TokenID]
    package let vocabularySize: Int
    /// Tokens with a zero byte behind other bytes. llama.cpp's grammar sampler looks at such a token up to the zero when
    /// it is asked, at all of it when it accepts, and throws if the rest does not fit.
    let tokensWithNul: Set<TokenID>
    /// For each byte a token that is that byte alone, if there is one; there is for all of ASCII in every vocabulary.
    let byteTokens: [TokenID?]
    /// The context that the model was trained for, in tokens.
    package let trainedContextTokens: Int
    /// Whether parts of a sequence can be shared and cut: not so where layers carry a recurrent state, nor where they
    /// attend to a sliding window, as llama.cpp reuses cells that have left it.
    package let sharesPrefixes: Bool

    /// Loads the weights. `gpuLayers` counts the layers that go to an accelerator, if the build has one; nil is all.
    package init(path: String, gpuLayers: Int?) throws(LlamaError) {
        guard access(path, R_OK) == 0 else { throw .missingFile(path: path) }
        var parameters = llama_model_default_params()
        parameters.n_gpu_layers = Int32(gpuLayers ?? -1)
        let (loaded, errors) = LlamaRuntime.collectingErrors { llama_model_load_from_file(path, parameters) }
        guard let loaded else { throw .unloadable(path: path, reason: errors) }
        if let reason = Self.reasonAgainst(loaded) {
            llama_model_free(loaded)
            throw .unsupportedModel(path: path, reason: reason)
        }
        let vocabulary = llama_model_get_vocab(loaded)
        guard let vocabulary, llama_vocab_n_tokens(vocabulary) > 0 else {
            llama_model_free(loaded)
            throw .unsupportedModel(path: path, reason: "the file holds no vocabulary")
        }
        pointer = loaded
        self.vocabulary = vocabulary
        vocabularySize = Int(llama_vocab_n_tokens(vocabulary))
        trainedContextTokens = Int(llama_model_n_ctx_train(loaded))
        sharesPrefixes =
            !llama_model_is_recurrent(loaded) && !llama_model_is_hybrid(loaded) && llama_model_n_swa(loaded) == 0
        (tokensWithNul, byteTokens) = Self.oddTokens(vocabulary, count: vocabularySize)
        endTokens = (0..<Int32(vocabularySize)).filter { llama_vocab_is_eog(vocabulary, $0) }.map { TokenID($0) }
    }

    deinit { llama_model_free(pointer) }

    private static func reasonAgainst(_ model: OpaquePointer) -> String? {
        if llama_model_has_encoder(model) { return "encoder-decoder models are not supported" }
        if !llama_model_has_decoder(model) { return "the model has no decoder; it does not generate text" }
        if llama_model_is_diffusion(model) { return "diffusion models are not supported" }
        return nil
    }

    /// The longest text of a token that is looked at; there are tokens of some hundred spaces.
    private static let pieceBytesMax = 512

    private static func oddTokens(
        _ vocabulary: OpaquePointer, count: Int
    ) -> (withNul: Set<TokenID>, ofBytes: [TokenID?]) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: pieceBytesMax) { buffer in
            var withNul: Set<TokenID> = []
            var ofBytes = [TokenID?](repeating: nil, count: 256)
            for id in 0..<Int32(count) {
                let length = Int(
                    llama_token_to_piece(vocabulary, id, buffer.baseAddress, Int32(pieceBytesMax), 0, true))
                if length > 1, buffer[1..<length].contains(0) { withNul.insert(TokenID(id)) }
                if length == 1 { ofBytes[Int(UInt8(bitPattern: buffer[0]))] = TokenID(id) }
            }
            return (withNul, ofBytes)
        }
    }

    /// The bytes of a token; a control token has its name.
    func piece(of token: TokenID) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.pieceBytesMax) { buffer in
            let length = llama_token_to_piece(
                vocabulary, token.rawValue, buffer.baseAddress, Int32(Self.pieceBytesMax), 0, true)
            return buffer.prefix(Int(max(length, 0))).map(UInt8.init(bitPattern:))
        }
    }

    /// A short description: architecture, size, format.
    package var summary: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, llama_model_desc(pointer, base, buffer.count) > 0 else { return "" }
            return String(cString: base)
        }
    }
}
