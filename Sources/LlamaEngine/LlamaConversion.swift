import CLlama

/// Rewrites a model file in another weight format.
package enum LlamaConversion {
    /// Formats offered, by llama.cpp's names.
    package enum Format: String, CaseIterable, Sendable {
        case q4_0, q8_0, f16, bf16

        var fileType: llama_ftype {
            switch self {
            case .q4_0: LLAMA_FTYPE_MOSTLY_Q4_0
            case .q8_0: LLAMA_FTYPE_MOSTLY_Q8_0
            case .f16: LLAMA_FTYPE_MOSTLY_F16
            case .bf16: LLAMA_FTYPE_MOSTLY_BF16
            }
        }
    }

    /// Writes `output` anew from `input`; a format narrower than the input's costs quality.
    package static func convert(_ input: String, to output: String, format: Format, threads: Int) throws(LlamaError) {
        var parameters = llama_model_quantize_default_params()
        parameters.nthread = Int32(threads)
        parameters.ftype = format.fileType
        parameters.allow_requantize = true
        let (status, errors) = LlamaRuntime.collectingErrors { llama_model_quantize(input, output, &parameters) }
        guard status == 0 else { throw .conversion(path: input, reason: errors) }
    }
}
