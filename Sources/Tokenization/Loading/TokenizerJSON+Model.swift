import JSONBytes

extension TokenizerJSON {
    /// The member `model`.
    struct Model {
        var type = ""
        var vocabulary: [(spelling: [UInt8], id: Int)] = []
        var merges: [(left: [UInt8], right: [UInt8])] = []
        var ignoresMerges = false
        /// Settings that must have no effect.
        private var others: [String: JSONValue] = [:]

        mutating func read(_ reader: inout JSONReader) throws {
            var members = try reader.enterObject()
            while let key = try reader.nextKey(&members) {
                switch key {
                case "type": type = try reader.readString()
                case "vocab":
                    // Other models than BPE write an array; they are refused by their type.
                    if reader.peek() == UInt8(ascii: "{") {
                        try readVocabulary(&reader)
                    } else {
                        try reader.skipValue()
                    }
                case "merges": try readMerges(&reader)
                case "ignore_merges": ignoresMerges = try reader.readBool()
                default: others[key] = try reader.readValue()
                }
            }
        }

        private mutating func readVocabulary(_ reader: inout JSONReader) throws {
            var members = try reader.enterObject()
            while let key = try reader.nextKey(&members) {
                let id = try reader.readInteger()
                guard (0...Int(Int32.max)).contains(id) else {
                    throw TokenizationError.malformed("a token has the number \(id)")
                }
                vocabulary.append((Array(key.utf8), id))
            }
        }

        /// Merges are strings of two parts with a space between them, or arrays of the two.
        private mutating func readMerges(_ reader: inout JSONReader) throws {
            var elements = try reader.enterArray()
            while try reader.nextElement(&elements) {
                if reader.peek() == UInt8(ascii: "[") {
                    guard case .array(let pair) = try reader.readValue(), pair.count == 2,
                        case .string(let left) = pair[0], case .string(let right) = pair[1]
                    else { throw TokenizationError.malformed("merge \(merges.count) is not two parts") }
                    merges.append((Array(left.utf8), Array(right.utf8)))
                } else {
                    let parts = try reader.readString().utf8.split(separator: 0x20, omittingEmptySubsequences: false)
                    guard parts.count == 2 else {
                        throw TokenizationError.malformed("merge \(merges.count) is not two parts")
                    }
                    merges.append((Array(parts[0]), Array(parts[1])))
                }
            }
        }

        /// Refuses what would change the tokens.
        func refuseUnsupported() throws(TokenizationError) {
            // Files of old versions do not name the type of a BPE model.
            guard type == "BPE" || type.isEmpty && !merges.isEmpty else { throw .unsupported("the model '\(type)'") }
            for name in ["continuing_subword_prefix", "end_of_word_suffix"] where !isNone(name, .string("")) {
                throw .unsupported("the setting '\(name)'")
            }
            guard isNone("dropout", .integer(0)) || isNone("dropout", .double(0)) else {
                throw .unsupported("the setting 'dropout'")
            }
        }

        /// Refuses what would be done with characters that are no tokens, if there are such characters.
        func refuseUnknownBytes(_ byteTokens: [Int32]) throws(TokenizationError) {
            // Bytes that UTF-8 has none of need no token.
            let isComplete = byteTokens.indices.allSatisfy {
                byteTokens[$0] >= 0 || [0xC0, 0xC1].contains($0) || $0 > 0xF4
            }
            guard !isComplete else { return }
            guard isNone("unk_token", .string("")) else { throw .unsupported("the setting 'unk_token'") }
            guard isNone("byte_fallback", .bool(false)) else { throw .unsupported("the setting 'byte_fallback'") }
        }

        private func isNone(_ name: String, _ neutral: JSONValue) -> Bool {
            let value = others[name] ?? .null
            return value == .null || value == neutral
        }
    }
}
