/// Why a file's metadata could not be read.
package enum GGUFError: Error, Equatable, Sendable {
    /// The file does not begin with "GGUF".
    case notGGUF
    /// The file is GGUF of a version, or of a byte order, that is not read.
    case unsupportedVersion(UInt32)
    /// The bytes end inside the metadata, or a length in it exceeds them.
    case truncated(offset: Int)
    /// A value's type is none that GGUF knows.
    case unknownType(UInt32, offset: Int)
    /// Arrays lie within arrays deeper than is read.
    case tooDeep(offset: Int)
    /// A key is not there.
    case missing(key: String)
    /// A key's value has another type than the one that was asked for.
    case wrongType(key: String, expected: String)
}

extension GGUFError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notGGUF: "The file is not a GGUF file."
        case .unsupportedVersion(let version):
            "The GGUF version \(version) is not supported; versions 2 and 3 in little-endian order are."
        case .truncated(let offset): "The GGUF metadata is cut short or corrupt at byte \(offset)."
        case .unknownType(let type, let offset):
            "The GGUF metadata has a value of unknown type \(type) at byte \(offset)."
        case .tooDeep(let offset): "The GGUF metadata nests arrays too deeply at byte \(offset)."
        case .missing(let key): "The GGUF metadata has no '\(key)'."
        case .wrongType(let key, let expected): "The GGUF metadata's '\(key)' is not \(expected)."
        }
    }
}
