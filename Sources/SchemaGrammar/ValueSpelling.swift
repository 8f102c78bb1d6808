import JSONBytes

/// How values are written: as JSON, or in a notation that resembles it.
struct ValueSpelling {
    /// What the names of its rules begin with.
    let prefix: String
    var words = (yes: "true", no: "false", null: "null")
    var strings = StringSpelling.json
    var separators = (element: ",", key: ":")
    /// Whether keys that are words stand without quotes.
    var hasBareKeys = false

    static let json = ValueSpelling(prefix: "")
    static let python = ValueSpelling(
        prefix: "python-", words: ("True", "False", "None"),
        strings: .quoted(hidden: .none, hasEscapedSolidus: false), separators: (", ", ": "))
    static let gemma = ValueSpelling(
        prefix: "gemma-", strings: .plain(.init(open: "<|\"|>", end: "<|\"|>")), hasBareKeys: true)

    /// JSON in which a text never occurs.
    static func json(without mark: String) -> ValueSpelling {
        let first = mark.unicodeScalars.first.map { CharacterSet($0) } ?? .none
        return ValueSpelling(prefix: "inner-", strings: .quoted(hidden: first, hasEscapedSolidus: true))
    }

    /// The characters of names, of which bare keys consist.
    static let nameCharacters = CharacterSet(ranges: [48...57, 65...90, 95...95, 97...122])

    /// The text of a value; nil if a string in it cannot be written.
    func text(of value: JSONValue) -> String? {
        switch value {
        case .null: return words.null
        case .bool(let isTrue): return isTrue ? words.yes : words.no
        case .integer, .largeInteger, .double: return value.text
        case .string(let string): return strings.text(of: string)
        case .array(let elements):
            let texts = elements.compactMap(text)
            return texts.count == elements.count ? "[" + texts.joined(separator: separators.element) + "]" : nil
        case .object(let object):
            var texts: [String] = []
            for (name, value) in object {
                guard let key = key(name), let text = text(of: value) else { return nil }
                texts.append(key + separators.key + text)
            }
            return "{" + texts.joined(separator: separators.element) + "}"
        }
    }

    /// The text of a key; nil if it cannot be written.
    func key(_ name: String) -> String? {
        if hasBareKeys, !name.isEmpty, name.unicodeScalars.allSatisfy(Self.nameCharacters.contains) { return name }
        return strings.text(of: name)
    }
}
