import ArgumentParser
import Foundation
import ServingModel
import Tokenization

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Shows the tokens of a text, from the command line or from standard input.",
        discussion: """
            With --decode the text is token ids, apart by spaces, commas or lines, and what is shown is their text. \
            Names of control tokens are ordinary text unless --specials is given.
            """)

    @Option(
        name: .shortAndLong, help: "The model: a GGUF file, a Hugging Face folder, or a tokenizer's file of any format."
    )
    var model: String

    @Option(
        name: .shortAndLong,
        help: """
            \(TokenView.Form.allCases.map(\.rawValue).joined(separator: ", ")). (default: color on a terminal that has \
            colors, else table)
            """)
    var form: TokenView.Form?

    @Flag(help: "Recognise the names of control tokens.")
    var specials = false

    @Flag(help: "Put before the text what the model wants there, such as <s>.")
    var addSpecials = false

    @Flag(help: "Turn token ids into text.")
    var decode = false

    @Argument(help: "The text. (default: standard input)")
    var text: [String] = []

    /// Standard input may be this long.
    private static let byteLimit = 1 << 30

    func run() throws {
        let terminal = Terminal()
        let tokenizer = try ModelFile(path: model).tokenizer
        let input = text.isEmpty ? try terminal.readAll(byteLimit: Self.byteLimit) : text.joined(separator: " ")
        if decode {
            let text = tokenizer.decode(try Self.tokens(in: input, of: tokenizer))
            return try terminal.answer(String(decoding: text, as: UTF8.self))
        }
        let bytes = Array(input.utf8)
        var tokens: [TokenID] = []
        let vocabulary = tokenizer.vocabulary
        if addSpecials, vocabulary.specials.addsBeginningOfSequence, let first = vocabulary.specials.beginningOfSequence
        {
            tokens.append(first)
        }
        tokenizer.encode(bytes.span, specialsIn: specials ? [0..<bytes.count] : [], into: &tokens)
        let view = TokenView(vocabulary: vocabulary, form: form ?? (terminal.answersInColor ? .color : .table))
        try terminal.show(view.lines(of: tokens))
    }

    private static func tokens(in text: String, of tokenizer: any Tokenizer) throws -> [TokenID] {
        try text.split(whereSeparator: { $0.isWhitespace || "[],".contains($0) }).map { word in
            guard let id = Int32(word), tokenizer.vocabulary.contains(TokenID(id)) else {
                throw CommandFailure("'\(word)' is not a token id; give 0 to \(tokenizer.vocabulary.count - 1)")
            }
            return TokenID(id)
        }
    }
}
