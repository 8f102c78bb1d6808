import JSONBytes

extension TokenizerJSON {
    /// The member `decoder`.
    static func decoder(_ value: JSONValue) throws(TokenizationError) -> DecoderChain {
        let parts = try TokenizerPart.list(value, sequence: "decoders")
        var steps: [DecoderChain.Step] = []
        for part in parts { steps.append(try step(part)) }
        return try DecoderChain(value == .null ? [.join] : steps)
    }

    private static func step(_ part: TokenizerPart) throws(TokenizationError) -> DecoderChain.Step {
        switch part.type {
        case "ByteLevel": return .byteLevel
        case "Metaspace":
            return .metaspace(mark: try part.bytes("replacement"), dropsFirst: try prefix(part) != .never)
        case "ByteFallback": return .byteFallback
        case "Fuse": return .fuse
        case "Strip":
            return .strip(
                content: try part.bytes("content"), start: part.integer("start", default: 0),
                end: part.integer("stop", default: 0))
        case "Replace": return .replace(try part.pattern(), with: try part.bytes("content"))
        case "WordPiece":
            return .wordPiece(prefix: try part.bytes("prefix"), cleansUp: part.bool("cleanup", default: true))
        case "BPEDecoder": return .suffix(try part.bytes("suffix"))
        default: throw .unsupported("the decoder '\(part.type)'")
        }
    }
}
