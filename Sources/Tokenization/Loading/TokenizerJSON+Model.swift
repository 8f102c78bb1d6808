import JSONBytes

extension TokenizerJSON {
    /// The member `model`.
    struct Model {
        var type = ""
        var vocabulary: [(spelling: [UInt8], id: Int)] = []
        /// The score of each token of a unigram model.
        var scores: [Double] = []
        var merges: [(left: [UInt8], right: [UInt8])] = []
        var ignoresMerges = false
        /// The other settings.
        private var others: [String: JSONValue] = [:]

        mutating func read(_ reader: inout JSONReader) throws {
            var members = try reader.enterObject()
            while let key = try reader.nextKey(&members) {
                switch key {
                case "type": type = try reader.readString()
                case "vocab":
                    if reader.peek() == UInt8(ascii: "{") {
                        try readVocabulary(&reader)
                    } else {
                        try readScores(&reader)
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

        /// A unigram model writes pairs of a piece and its score, in the order of the tokens' numbers.
        private mutating func readScores(_ reader: inout JSONReader) throws {
            var elements = try reader.enterArray()
            while try reader.nextElement(&elements) {
                var pair = try reader.enterArray()
                guard try reader.nextElement(&pair) else {
                    throw TokenizationError.malformed("piece \(scores.count) is empty")
                }
                vocabulary.append((Array(try reader.readString().utf8), vocabulary.count))
                guard try reader.nextElement(&pair) else {
                    throw TokenizationError.malformed("piece \(scores.count) has no score")
                }
                let score = try reader.readDouble()
                guard score.isFinite, try !reader.nextElement(&pair) else {
                    throw TokenizationError.malformed("piece \(scores.count) is no pair of a text and a number")
                }
                scores.append(score)
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

        // MARK: Settings

        /// The model's type; files of old versions do not name it.
        var kind: String {
            guard type.isEmpty else { return type }
            return !merges.isEmpty ? "BPE" : !scores.isEmpty ? "Unigram" : string("unk_token") == nil ? "" : "WordPiece"
        }

        /// A setting that is a string and not empty.
        func string(_ name: String) -> String? {
            guard case .string(let value)? = others[name], !value.isEmpty else { return nil }
            return value
        }

        func bytes(_ name: String) -> [UInt8] { string(name).map { Array($0.utf8) } ?? [] }
        func bool(_ name: String) -> Bool { others[name] == .bool(true) }

        func integer(_ name: String) -> Int? {
            guard case .integer(let value)? = others[name] else { return nil }
            return value
        }

        func refuseDropout() throws(TokenizationError) {
            let dropout = others["dropout"] ?? .null
            guard [.null, .integer(0), .double(0)].contains(dropout) else {
                throw .unsupported("the setting 'dropout'")
            }
        }

        /// The number of a spelling. O(tokens).
        func token(_ spelling: [UInt8]) -> Int? { vocabulary.first { $0.spelling == spelling }?.id }
    }
}
