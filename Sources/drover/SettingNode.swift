import Foundation
import JSONBytes
import Yams

/// A part of a configuration file, in YAML and JSON alike.
enum SettingNode {
    /// A single value, as it is spelled.
    case value(String)
    case null
    case list
    /// In the order of the file; no name is there twice.
    case mapping([(name: String, node: SettingNode)])

    /// What it is, in an error message.
    var kind: String {
        switch self {
        case .value: "a single value"
        case .null: "null"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Reads the one document of a YAML text; one of white space and comments is an empty mapping.
    init(yaml text: String) throws(CommandFailure) {
        do {
            self = try Yams.Parser(yaml: text).singleRoot().map { try Self($0) } ?? .mapping([])
        } catch {
            throw CommandFailure(Self.explanation(of: error))
        }
    }

    private init(_ node: Yams.Node) throws {
        switch node {
        case .scalar(let scalar): self = node.null == nil ? .value(scalar.string) : .null
        case .sequence: self = .list
        case .mapping(let mapping):
            self = .mapping(
                try mapping.map { key, value in
                    guard let name = key.scalar?.string else {
                        throw CommandFailure("the name of a setting is no text")
                    }
                    return (name, try Self(value))
                })
        default: throw CommandFailure("an alias leads nowhere")
        }
    }

    /// One line; Yams' own descriptions quote the file over several.
    private static func explanation(of error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case YamlError.reader(let problem, _, _, _): problem
        case YamlError.duplicatedKeysInMapping(let names, _): twice(names[0])
        default: "\(error)"
        }
    }

    private static func twice(_ name: String) -> String { "'\(name)' is there twice" }

    init(json bytes: [UInt8]) throws(CommandFailure) {
        do {
            var reader = JSONReader(bytes)
            self = try Self(&reader)
            try reader.finish()
        } catch {
            throw error as? CommandFailure ?? CommandFailure("\(error)")
        }
    }

    private init(_ reader: inout JSONReader) throws {
        if reader.peek() == UInt8(ascii: "{") {
            var scope = try reader.enterObject()
            var members: [(name: String, node: SettingNode)] = []
            while let name = try reader.nextKey(&scope) {
                if members.contains(where: { $0.name == name }) { throw CommandFailure(Self.twice(name)) }
                members.append((name, try Self(&reader)))
            }
            self = .mapping(members)
            return
        }
        switch try reader.readValue() {
        case .null: self = .null
        case .array, .object: self = .list
        case .string(let text): self = .value(text)
        case let other: self = .value(other.text)
        }
    }
}
