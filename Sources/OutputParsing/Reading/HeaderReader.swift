/// Reads the header of a message: whom it is for.
struct HeaderReader {
    enum Recipient: Equatable { case reader, itself, tool([UInt8]) }

    private let text: [UInt8]

    init(_ text: [UInt8]) {
        self.text = text
    }

    func recipient(_ dialect: ChannelSyntax.Dialect) -> Recipient {
        switch dialect {
        case .harmony:
            let channel = word(behind: "<|channel|>")
            if let name = word(behind: "to="), name.starts(with: "functions.".utf8) {
                return .tool(Array(name.dropFirst("functions.".utf8.count)))
            }
            return channel?.elementsEqual("analysis".utf8) == true ? .itself : .reader
        case .recipient:
            guard let name = word(behind: "to="), !name.elementsEqual("user".utf8) else { return .reader }
            return name.elementsEqual("self".utf8) ? .itself : .tool(name)
        case .bareName:
            let name = text.split(at: ">>>").map { Array($0.1.trimmed) } ?? []
            return name.elementsEqual("all".utf8) ? .reader : .tool(name)
        }
    }

    /// The word that follows a mark, up to white space or a control token.
    private func word(behind mark: Marker) -> [UInt8]? {
        guard let (_, rest) = text.split(at: mark) else { return nil }
        return Array(rest.prefix { !$0.isJSONSpace && $0 != UInt8(ascii: "<") })
    }
}
